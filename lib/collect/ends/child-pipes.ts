import { Set } from '../own-collections.ts'
import { type NativeHandle, ownerOf, pipesOf, wasKilled } from '../node-internals.ts'
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
    for (const child of childrenIn(table)) {
      if (!wasKilled(child)) continue
      for (const pipe of pipesOf(child)) add(closing, entryOf(pipe))
    }
    return closing
  }

  /** The asyncIds of the pipes to children of which their maker let go, child and pipe: they end with the child, and it is told of. */
  letGo(table: Table, entryOf: EntryOf): ReadonlySet<number> {
    const letGo = new Set<number>()
    for (const child of childrenIn(table, isLetGo)) {
      for (const pipe of pipesOf(child)) if (isLetGo(pipe)) add(letGo, entryOf(pipe))
    }
    return letGo
  }

  #isPast(afterMs: number): boolean {
    return afterMs - this.#endedAfterMs > patienceMs
  }
}

function* childrenIn(table: Table, isAsked = (_handle: object) => true): Generator<object> {
  for (const entry of table.values()) {
    const handle = entry.facts.type === 'PROCESSWRAP' ? resourceOf(entry) : undefined
    const child = handle !== undefined && isAsked(handle) ? ownerOf(handle) : null
    if (child !== null) yield child
  }
}

function isLetGo(handle: object): boolean {
  return (handle as NativeHandle).hasRef?.() === false
}

function add(asyncIds: Set<number>, entry: Entry | undefined): void {
  if (entry !== undefined) asyncIds.add(entry.asyncId)
}
