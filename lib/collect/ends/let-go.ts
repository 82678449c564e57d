import { isLoading, isStarting, type NativeHandle } from '../node-internals.ts'
import { WeakSet } from '../own-collections.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'

/**
 * The threads that the process did not wait for as its event loop ended: their maker let go of them, or they were starting still. Asked before
 * the listeners of `exit` are called, of which some hold on to a thread to hand it the last of its work (the transports of pino).
 */
export class LetGo {
  readonly #threads = new WeakSet<Entry>()

  note(table: Table): void {
    for (const [entry, thread] of threadsIn(table)) if (thread.hasRef?.() === false || isStarting(thread)) this.#threads.add(entry)
  }

  has(entry: Entry): boolean {
    return this.#threads.has(entry)
  }
}

/** Whether a thread still loads its code. */
export function hasLoadingThread(table: Table): boolean {
  for (const [, thread] of threadsIn(table)) if (isLoading(thread)) return true
  return false
}

function* threadsIn(table: Table): Generator<[entry: Entry, thread: NativeHandle]> {
  for (const entry of table.values()) {
    const thread = entry.facts.nature === 'thread' ? resourceOf(entry) as NativeHandle | undefined : undefined
    if (thread !== undefined) yield [entry, thread]
  }
}
