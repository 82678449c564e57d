import type { Ownership } from '../../model/settings/settings.ts'
import { showTaps, tapFs, tapUse } from './fs.ts'
import type { FsStandby } from './fs-recorder.ts'
import type { Messages } from './messages.ts'
import { type NetStandby, tapNet } from './net.ts'
import type { Undo } from './tap.ts'

interface TapsStandby extends FsStandby, NetStandby {
  readonly messages: Messages
}

/** The taps that a thread has in place. */
export class Taps {
  readonly #standby: TapsStandby
  #undoFs: Undo | null = null
  #undoUse: Undo | null = null
  #undoNet: Undo | null = null
  #undoMessages: Undo | null = null

  constructor(standby: TapsStandby) {
    this.#standby = standby
  }

  /** On node:fs, those that look at each use of a number too where somebody wants to know whose it is. */
  tapFs(ownership: Ownership): void {
    const isNew = this.#undoFs === null || (this.#undoUse === null && ownership !== 'off')
    this.#undoFs ??= tapFs(this.#standby)
    if (ownership !== 'off') this.#undoUse ??= tapUse(this.#standby)
    if (isNew) showTaps()
  }

  tapNet(): void {
    this.#undoNet ??= tapNet(this.#standby)
    this.#undoMessages ??= this.#standby.messages.tap()
  }

  undo(): void {
    this.#undoUse?.()
    this.#undoFs?.()
    if (this.#undoFs !== null) showTaps()
    this.#undoNet?.()
    this.#undoMessages?.()
  }
}
