import { WeakMap } from '../own-collections.ts'
import type { Entry } from '../table.ts'

/** The two ports of each channel: where one of them is closed, the other one closes by itself, turns of the loop later. */
export class Ports {
  readonly #twins = new WeakMap<Entry, Entry>()
  /** The first port of a channel, of which the second is made next. */
  #first: Entry | null = null

  see(entry: Entry): void {
    const first = this.#first
    if (first === null || first.asyncId + 1 !== entry.asyncId) {
      this.#first = entry
      return
    }
    this.#twins.set(entry, first)
    this.#twins.set(first, entry)
    this.#first = null
  }

  /** Whether the other port of its channel was closed. */
  isClosing(entry: Entry): boolean {
    return this.#twins.get(entry)?.state === 'closing'
  }
}
