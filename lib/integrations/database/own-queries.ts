import type { Deferred } from '../../session/tracked/deferred.ts'

/** A query that a pool carries out itself. */
export interface OwnQuery {
  /** Where it was asked for, if it may leave something open. */
  readonly opening: Deferred | null
}

/** The queries for which a pool borrows a connection itself: it lends none to the program. */
export class OwnQueries {
  #now: OwnQuery | null = null

  /** Has the pool carry out a query. */
  carryOut<T>(opening: Deferred | null, call: () => T): T {
    const before = this.#now
    this.#now = { opening }
    try {
      return call()
    } finally {
      this.#now = before
    }
  }

  /** The query for which the pool borrows. What is called from here on may be the program again, by a callback. */
  take(): OwnQuery | null {
    const query = this.#now
    this.#now = null
    return query
  }
}
