import { pause } from '../../model/clock.ts'
import { type NativeHandle, restOf } from '../node-internals.ts'
import { WeakSet } from '../own-collections.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'

// A thread that has not come to rest by then computes, or waits for others in its own way (Atomics.wait).
const loadingLimitMs = 1_000
// What one may rest while it waits for the files of its modules.
const loadingRestMs = 1
// What a thread takes to end after its maker has heard of the error that it dies of: 1 ms mostly.
const dyingMs = 5

/**
 * The threads that the process did not wait for as its event loop ended: their maker let go of them, or they were starting still, or ending. Asked
 * before the listeners of `exit` are called, of which some hold on to a thread to hand it the last of its work (the transports of pino).
 */
export class LetGo {
  readonly #threads = new WeakSet<Entry>()

  note(table: Table, afterMs: number): void {
    const running: [entry: Entry, thread: NativeHandle][] = []
    for (const [entry, thread] of threadsIn(table)) {
      if (thread.hasRef?.() === false || restOf(thread) === -1) this.#threads.add(entry)
      else running[running.length] = [entry, thread]
    }
    // A program that ends since one of its threads has died is not to hear that the thread runs on.
    for (let waitedMs = 0; this.#runOn(running) && waitedMs < dyingMs && pause(1);) waitedMs++
    // One that has begun has come to rest by then, unless it computes.
    for (const [entry, thread] of running) if (restOf(thread) === 0 && afterMs - entry.openedAfterMs < loadingLimitMs) this.#threads.add(entry)
  }

  has(entry: Entry): boolean {
    return this.#threads.has(entry)
  }

  // Whether one of these threads runs on; the others are noted.
  #runOn(threads: readonly [entry: Entry, thread: NativeHandle][]): boolean {
    let runs = false
    for (let index = 0; index < threads.length; index++) {
      const [entry, thread] = threads[index]!
      if (restOf(thread) === -1) this.#threads.add(entry)
      else runs = true
    }
    return runs
  }
}

/** Whether a thread still loads its code, `afterMs` the recorder has started. */
export function hasLoadingThread(table: Table, afterMs: number): boolean {
  for (const [entry, thread] of threadsIn(table)) if (afterMs - entry.openedAfterMs < loadingLimitMs && restOf(thread) < loadingRestMs) return true
  return false
}

function* threadsIn(table: Table): Generator<[entry: Entry, thread: NativeHandle]> {
  for (const entry of table.values()) {
    const thread = entry.facts.nature === 'thread' ? resourceOf(entry) as NativeHandle | undefined : undefined
    if (thread !== undefined) yield [entry, thread]
  }
}
