import { isStandard } from '../../model/resource.ts'
import { ownValue } from '../intrinsics.ts'
import { type NativeHandle, writerOf } from '../node-internals.ts'
import type { Entry, Table } from '../table.ts'

/** Whether a write is none of the program's: below TLS, or to a standard stream, whose reader may be slow. False as the `init` of one runs on 26. */
export function isPassedOver(write: object): boolean {
  return writerOf(write) === 'tls' || isToStandard(write)
}

/**
 * Requests of streams that may be over without a callback: the newest write, where its `init` does not show yet where it goes, and whether anybody is told
 * of its end (26), and the newest shutdown.
 */
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

  /** Takes the write out where nobody is told, or a standard stream is written to: called once `init` is over. */
  settle(): void {
    if (this.#write === null) return
    if (writerOf(this.#resource!) !== 'program' || isToStandard(this.#resource!)) this.#table.end(this.#write)
    this.#write = null
    this.#resource = null
  }

  /** Before a socket is asked to shut down, and with what that returned: unless it is 0, the request that was made for it is over. */
  onShutdown(returned: unknown): void {
    if (returned !== 0 && this.#shutdown !== null) this.#table.end(this.#shutdown)
    this.#shutdown = null
  }
}

// If `handle` vanishes: such a write is told.
function isToStandard(write: object): boolean {
  const fd = (ownValue(write, 'handle') as NativeHandle | null | undefined)?.fd
  return typeof fd === 'number' && fd >= 0 && isStandard(fd)
}
