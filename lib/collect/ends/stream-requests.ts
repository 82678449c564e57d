import { writerOf } from '../node-internals.ts'
import type { Entry, Table } from '../table.ts'

/** Requests of streams that may be over without a callback: the newest write, where its `init` does not show yet whether anybody is told of its end (26), and the newest shutdown. */
export class StreamRequests {
  readonly #table: Table
  #write: Entry | null = null
  #resource: object | null = null
  #shutdown: Entry | null = null

  constructor(table: Table) {
    this.#table = table
  }

  note(entry: Entry, resource: object): void {
    const { type } = entry.facts
    if (type === 'SHUTDOWNWRAP') this.#shutdown = entry
    if (type !== 'WRITEWRAP' || writerOf(resource) !== 'unknown') return
    this.#write = entry
    this.#resource = resource
  }

  /** Takes the write out where nobody is told: called once `init` is over. */
  settle(): void {
    if (this.#write === null) return
    if (writerOf(this.#resource!) !== 'program') this.#table.end(this.#write)
    this.#write = null
    this.#resource = null
  }

  /** Before a socket is asked to shut down, and with what that returned: unless it is 0, the request that was made for it is over. */
  onShutdown(returned: unknown): void {
    if (returned !== 0 && this.#shutdown !== null) this.#table.end(this.#shutdown)
    this.#shutdown = null
  }
}
