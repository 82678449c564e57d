import type { Tag } from '../../collect/tracked/tag.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import type { Lent } from './loans.ts'
import { type Dialect, masked } from './sql-text.ts'
import type { Borrowed, Watching } from './watching.ts'

/**
 * A connection to a server as far as it is the same for all drivers: who has it, and the transaction that is open on it. It outlives
 * its borrowers.
 */
export abstract class LendableConnection {
  /** The tag that what is opened here belongs to: what was borrowed, or the pool itself. */
  protected holder: Tag | null = null
  /** The site of the pool's own query, which is carried out here for it. */
  protected carried: Deferred | null = null
  protected transaction: Tag | null = null
  protected readonly watching: Watching
  #lent: Lent | null = null
  readonly #dialect: Dialect

  constructor(watching: Watching, dialect: Dialect) {
    this.watching = watching
    this.#dialect = dialect
  }

  /** Nothing is followed any more; the connection is as it was. */
  abstract stop(): void

  /** The connection is at its end or reset, and the server lets go of what was open on it. */
  abstract gone(): void

  lend({ tag, lent }: Borrowed): void {
    this.holder = tag
    this.#lent = lent
  }

  takeBack(): void {
    this.#lent = null
  }

  /** Calls the program back for a query of the pool itself, which borrows the connection, gives it back when the query is done, and holds what it leaves open. */
  carry<T>(pool: Tag | null, opening: Deferred | null, call: () => T): T {
    this.holder = pool
    this.carried = opening
    try {
      return call()
    } finally {
      this.carried = null
    }
  }

  /** A query is sent: it is told with the loan, and with what is open. */
  protected used(sql: string | null): void {
    if (sql === null || (this.#lent === null && this.transaction === null)) return
    const text = masked(sql, this.#dialect)
    if (this.#lent !== null) this.#lent.lastQuery = text
    for (const tag of [this.#lent === null ? null : this.holder, this.transaction]) if (tag !== null) tag.target = text
  }

  /** A tag of what a statement opens. */
  protected open(opening: Deferred, sql: string | null): Tag {
    return opening.open({ parent: this.holder, ...sql === null ? {} : { target: masked(sql, this.#dialect) } })
  }

  protected endTransaction(): void {
    const { transaction } = this
    this.transaction = null
    transaction?.close()
  }
}
