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

// One that has not come to rest by then computes, or waits for others in its own way (Atomics.wait).
const loadingLimitMs = 1_000

/** Whether a thread still loads its code, `afterMs` the recorder has started. */
export function hasLoadingThread(table: Table, afterMs: number): boolean {
  for (const [entry, thread] of threadsIn(table)) if (afterMs - entry.openedAfterMs < loadingLimitMs && isLoading(thread)) return true
  return false
}

function* threadsIn(table: Table): Generator<[entry: Entry, thread: NativeHandle]> {
  for (const entry of table.values()) {
    const thread = entry.facts.nature === 'thread' ? resourceOf(entry) as NativeHandle | undefined : undefined
    if (thread !== undefined) yield [entry, thread]
  }
}
