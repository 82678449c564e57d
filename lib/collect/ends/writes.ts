import { writerOf } from '../node-internals.ts'
import type { Entry, Table } from '../table.ts'

/** Writes of which it does not show at their `init` yet whether anybody is told of their end (26): the newest one. */
export class Writes {
  #entry: Entry | null = null
  #resource: object | null = null

  note(entry: Entry, resource: object): void {
    if (writerOf(resource) !== 'unknown') return
    this.#entry = entry
    this.#resource = resource
  }

  /** Takes it out where nobody is: called once `init` is over. */
  settle(table: Table): void {
    if (this.#entry === null) return
    if (writerOf(this.#resource!) !== 'program') table.end(this.#entry)
    this.#entry = null
    this.#resource = null
  }
}
