import { Set } from '../own-collections.ts'
import { ownerOf, pipesOf, wasKilled } from '../node-internals.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'

type EntryOf = (handle: object) => Entry | undefined

// Node learns that a child exited and that its pipes were closed from different events, mostly of one turn. What is open
// longer is held by somebody else, such as a child of the child.
const patienceMs = 1_000

/** Pipes to children that were sent their signal or have just ended: Node closes them when it reads that the other side did. */
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

  /** The asyncIds of the pipes that are about to close. */
  closing(table: Table, entryOf: EntryOf, afterMs: number): ReadonlySet<number> {
    const closing = new Set<number>(this.#isPast(afterMs) ? [] : this.#ended)
    for (const entry of table.values()) {
      const handle = entry.facts.type === 'PROCESSWRAP' ? resourceOf(entry) : undefined
      const child = handle === undefined ? null : ownerOf(handle)
      if (child === null || !wasKilled(child)) continue
      for (const pipe of pipesOf(child)) closing.add(entryOf(pipe)?.asyncId ?? entry.asyncId)
    }
    return closing
  }

  #isPast(afterMs: number): boolean {
    return afterMs - this.#endedAfterMs > patienceMs
  }
}
