import type { Ownership } from '../../model/settings/settings.ts'
import type { StackCapture } from '../stacks/stack.ts'
import { type AgentsStandby, hearRequests } from './agents.ts'
import type { TapEarlier } from './fs/earlier.ts'
import { showTaps, tapFs, tapUse } from './fs/fs.ts'
import type { FsStandby } from './fs/fs-recorder.ts'
import type { Messages } from './messages.ts'
import { tapNet } from './net.ts'
import type { Undo } from './tap.ts'

/** What the taps need of it. */
export interface TapsStandby extends FsStandby, AgentsStandby {
  readonly messages: Messages
  readonly stacks: StackCapture
}

/** The taps that a thread has in place. */
export class Taps {
  readonly #standby: TapsStandby
  #undoFs: Undo | null = null
  #undoEarlier: Undo | null = null
  #undoUse: Undo | null = null
  #undoNet: Undo | null = null
  #undoRequests: Undo | null = null
  #undoMessages: Undo | null = null

  constructor(standby: TapsStandby) {
    this.#standby = standby
  }

  /** On node:fs, those that look at each use of a number too where somebody wants to know whose it is. */
  tapFs(ownership: Ownership, tapEarlier: TapEarlier | null): void {
    if (this.#undoFs === null) this.#undoEarlier = tapEarlier?.(this.#standby) ?? null
    const isNew = this.#undoFs === null || (this.#undoUse === null && ownership !== 'off')
    this.#undoFs ??= tapFs(this.#standby)
    if (ownership !== 'off') this.#undoUse ??= tapUse(this.#standby)
    if (isNew) showTaps()
  }

  /** On what opens sockets; requests of HTTP are heard where stacks are captured, for whose sake alone they are. */
  tapNet(hasStacks: boolean): void {
    this.#undoNet ??= tapNet(this.#standby)
    if (hasStacks) this.#undoRequests ??= hearRequests(this.#standby)
    this.#undoMessages ??= this.#standby.messages.tap()
  }

  undo(): void {
    this.#undoUse?.()
    this.#undoFs?.()
    this.#undoEarlier?.()
    if (this.#undoFs !== null) showTaps()
    this.#undoNet?.()
    this.#undoRequests?.()
    this.#undoMessages?.()
  }
}
