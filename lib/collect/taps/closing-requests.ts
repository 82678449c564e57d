import { asObject, isNativeHandle } from '../node-internals.ts'
import { Map } from '../own-collections.ts'
import type { Descriptor, Ledger } from '../ledger.ts'
import type { Table } from '../table.ts'

interface Recorded {
  readonly table: Table
  readonly ledger: Ledger
}

/** Descriptors that are closed once a request is over. */
export class ClosingRequests {
  /** The one that the request which is being made now closes. */
  current: Descriptor | null = null
  readonly #recorded: Recorded
  readonly #byRequest = new Map<number, Descriptor>()

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  /** A request is recorded. */
  note(asyncId: number): void {
    if (this.current === null) return
    this.#byRequest.set(asyncId, this.current)
    this.current = null
  }

  /**
   * A close was asked for. Where its request is not recorded, nobody will be told that it is over: the number is free as far as can be seen.
   *
   * @param request As it was handed over, where it was made before
   */
  begun(descriptor: Descriptor, request: unknown): void {
    if (this.current === null) return
    const given = asObject(request)
    const asyncId = given !== null && isNativeHandle(given) ? given.getAsyncId() : -1
    if (this.#recorded.table.get(asyncId) === undefined) this.#recorded.ledger.end(descriptor)
    else this.#byRequest.set(asyncId, descriptor)
  }

  /** A recorded request is over. */
  end(asyncId: number): void {
    if (this.#byRequest.size === 0) return
    const descriptor = this.#byRequest.get(asyncId)
    if (descriptor !== undefined) this.#recorded.ledger.end(descriptor)
    this.#byRequest.delete(asyncId)
  }
}
