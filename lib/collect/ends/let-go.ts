import { isStarting, type NativeHandle } from '../node-internals.ts'
import { WeakSet } from '../own-collections.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'

/**
 * The threads that the process did not wait for as its event loop ended: their maker let go of them, or they had not begun yet. Asked before
 * the listeners of `exit` are called, of which some hold on to a thread to hand it the last of its work (the transports of pino).
 */
export class LetGo {
  readonly #threads = new WeakSet<Entry>()

  note(table: Table): void {
    for (const entry of table.values()) {
      const thread = entry.facts.nature === 'thread' ? resourceOf(entry) as NativeHandle | undefined : undefined
      if (thread !== undefined && (thread.hasRef?.() === false || isStarting(thread))) this.#threads.add(entry)
    }
  }

  has(entry: Entry): boolean {
    return this.#threads.has(entry)
  }
}
