import { Map, Set, WeakMap } from '../own-collections.ts'
import { hasPid, type NativeHandle, ownerOf } from '../node-internals.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'
import type { Wait } from '../../model/resource.ts'
import { asksToEnd, isChannel, isZombie, pipesOf, wasDisconnected, wasSent } from './child-internals.ts'

type EntryOf = (handle: object) => Entry | undefined

/** Pipes to children, by asyncId. */
export interface PipesToChildren {
  /** Those that are about to close. */
  readonly closing: ReadonlySet<number>
  /** Those of which their maker let go, as of the child, or of a child that was asked to end: they end with it, and it is told of. */
  readonly letGo: ReadonlySet<number>
}

// Node learns that a child exited and that its pipes were closed from different events, mostly of one turn. What is open
// longer is held by somebody else, such as a child of the child. A child that was sent its signal mostly ends as soon.
const patienceMs = 1_000

/** Children on their way to their end, and the pipes to them, which Node closes when it reads that the other side did. */
export class Children {
  /** When the child of a pipe exited, the earliest first. */
  readonly #endedAfterMs = new Map<number, number>()
  readonly #signalledAfterMs = new WeakMap<object, number>()

  /** Notes the pipes that a child leaves as it exits. */
  exits(child: object, entryOf: EntryOf, afterMs: number): void {
    this.#forget(afterMs)
    for (const pipe of pipesOf(child)) {
      const entry = entryOf(pipe)
      if (entry !== undefined) this.#endedAfterMs.set(entry.asyncId, afterMs)
    }
  }

  /** Notes that a child is sent a signal, by its number; the first that asks it to end counts. */
  isSent(child: object, signal: unknown, afterMs: number): void {
    if (asksToEnd(signal) && !this.#signalledAfterMs.has(child)) this.#signalledAfterMs.set(child, afterMs)
  }

  /** Whether a child was sent its signal just now, or has ended, which Node learns in a later turn. */
  isEnding(child: object, afterMs: number): boolean {
    return isRecent(this.#signalledAt(child), afterMs) || isZombie(child)
  }

  /** What a child waits for, that was asked to end and has not. */
  waitOf(child: object): Wait | null {
    if (this.#signalledAt(child) !== undefined) return 'signal'
    return wasDisconnected(child) ? 'exit' : null
  }

  /** The pipes as they are at this instant. */
  pipes(table: Table, entryOf: EntryOf, afterMs: number): PipesToChildren {
    this.#forget(afterMs)
    const closing = new Set<number>(this.#endedAfterMs.keys())
    const letGo = new Set<number>()
    let isParting = false
    for (const entry of table.values()) {
      const handle = resourceOf(entry)
      if (handle === undefined) continue
      // A child that was disconnected no longer leads to its channel, which was made right after it and closes in the next tick.
      if (isParting && entry.facts.type === 'PIPEWRAP' && isChannel(handle)) closing.add(entry.asyncId)
      const child = entry.facts.type === 'PROCESSWRAP' ? ownerOf(handle) : null
      if (child === null) continue
      isParting = wasDisconnected(child)
      // One that could not be started is told of in the next tick.
      const isOver = this.isEnding(child, afterMs) || !hasPid(handle)
      const isAsked = this.waitOf(child) !== null
      for (const pipe of pipesOf(child)) {
        const asyncId = entryOf(pipe)?.asyncId
        if (asyncId === undefined) continue
        if (isOver) closing.add(asyncId)
        else if (isAsked || (isLetGo(handle) && isLetGo(pipe))) letGo.add(asyncId)
      }
    }
    return { closing, letGo }
  }

  // A server may run one child after another for as long as it lasts.
  #forget(afterMs: number): void {
    for (const [pipe, endedAfterMs] of this.#endedAfterMs) {
      if (isRecent(endedAfterMs, afterMs)) return
      this.#endedAfterMs.delete(pipe)
    }
  }

  #signalledAt(child: object): number | undefined {
    return wasSent(child) ? this.#signalledAfterMs.get(child) : undefined
  }
}

function isRecent(atMs: number | undefined, nowMs: number): boolean {
  return atMs !== undefined && nowMs - atMs <= patienceMs
}

function isLetGo(handle: object): boolean {
  return (handle as NativeHandle).hasRef?.() === false
}
