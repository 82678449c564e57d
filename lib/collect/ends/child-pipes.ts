import { Set } from '../own-collections.ts'
import { type NativeHandle, ownerOf } from '../node-internals.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'
import { isChannel, isEnding, pipesOf, wasDisconnected } from './child-internals.ts'

type EntryOf = (handle: object) => Entry | undefined

/** Pipes to children, by asyncId. */
export interface PipesToChildren {
  /** Those that are about to close. */
  readonly closing: ReadonlySet<number>
  /** Those of which their maker let go, as of the child, or of a child that was disconnected: they end with it, and it is told of. */
  readonly letGo: ReadonlySet<number>
}

// Node learns that a child exited and that its pipes were closed from different events, mostly of one turn. What is open
// longer is held by somebody else, such as a child of the child.
const patienceMs = 1_000

/** Pipes to children. Those of one that was sent its signal, or has ended, Node closes when it reads that the other side did. */
export class ChildPipes {
  readonly #ended = new Set<number>()
  #endedAfterMs = 0

  /** Notes the pipes that a child leaves as it exits. */
  exits(child: object, entryOf: EntryOf, afterMs: number): void {
    if (this.#isPast(afterMs)) this.#ended.clear()
    this.#endedAfterMs = afterMs
    for (const pipe of pipesOf(child)) {
      const entry = entryOf(pipe)
      if (entry !== undefined) this.#ended.add(entry.asyncId)
    }
  }

  /** As they are at this instant. */
  now(table: Table, entryOf: EntryOf, afterMs: number): PipesToChildren {
    const closing = new Set<number>(this.#isPast(afterMs) ? [] : this.#ended)
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
      const isOver = isEnding(child)
      for (const pipe of pipesOf(child)) {
        const asyncId = entryOf(pipe)?.asyncId
        if (asyncId === undefined) continue
        if (isOver) closing.add(asyncId)
        else if (isParting || (isLetGo(handle) && isLetGo(pipe))) letGo.add(asyncId)
      }
    }
    return { closing, letGo }
  }

  #isPast(afterMs: number): boolean {
    return afterMs - this.#endedAfterMs > patienceMs
  }
}

function isLetGo(handle: object): boolean {
  return (handle as NativeHandle).hasRef?.() === false
}
