import type { EventEmitter } from 'node:events'
import type { Tag } from '../../collect/tracked/tag.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import type { Lent } from '../database/loans.ts'
import { type Call, type Method, tapMethod, Taps } from '../taps/method.ts'
import { masked, textOf } from '../database/sql-text.ts'
import type { Watching } from '../database/watching.ts'
import { followConnectionFacade } from './facade.ts'

/** What is used of a connection of mysql2's callback API. */
export interface CoreConnection extends EventEmitter {
  readonly stream?: EventEmitter
  query: Method
  execute: Method
  prepare: Method
  end: Method
  destroy: Method
}

/** What a connection carries out; its result tells the state of the server. */
interface Command extends EventEmitter {
  onResult?: Method | undefined
}

const inTransaction = 1
const deadlock = 1213

/** A connection to the server, and what is open on it: a transaction, prepared statements. It outlives its borrowers. */
export class Connection {
  /** The tag that what is opened here belongs to: the borrowed connection, or the pool itself. */
  holder: Tag | null = null
  lent: Lent | null = null
  /** The site of the pool's own query, which the connection carries out for it. */
  carried: Deferred | null = null
  readonly #watching: Watching
  readonly #taps = new Taps()
  readonly #statements = new Map<object, Tag>()
  #transaction: Tag | null = null
  // Without autocommit any statement begins a transaction.
  #beginsAnywhere = false

  constructor(watching: Watching, connection: CoreConnection) {
    this.#watching = watching
    for (const name of ['query', 'execute']) this.#taps.tap(connection, name, call => this.#command(call))
    this.#taps.tap(connection, 'prepare', call => this.#prepare(call))
    this.#taps.tap(connection, 'promise', ({ proceed }) => this.#followFacade(proceed()))
    // It makes a query of it.
    this.#taps.tap(connection, 'beginTransaction', ({ below, proceed }) => watching.within(below, proceed))
    if (typeof connection.stream?.prependListener === 'function') this.#taps.listen(connection.stream, 'close', () => this.gone())
  }

  /** Nothing is followed any more; the connection is as it was. */
  stop(): void {
    this.gone()
    this.#taps.undo()
  }

  /** The connection is at its end or reset, and the server lets go of what was open on it. */
  gone(): void {
    this.#watching.attempt(() => {
      for (const tag of this.#statements.values()) tag.close()
      this.#statements.clear()
      this.#endTransaction()
    })
  }

  #followFacade<C extends object>(facade: C): C {
    this.#watching.attempt(() => followConnectionFacade(this.#watching, facade))
    return facade
  }

  #command({ args, below, proceed }: Call): unknown {
    const sql = textOf(args[0])
    this.#watching.attempt(() => this.#used(sql))
    if (sql !== null && /\bautocommit\b/i.test(sql)) this.#beginsAnywhere = true
    const mayBegin = sql !== null && this.#transaction === null && (this.#beginsAnywhere || begins(sql))
    const opening = mayBegin ? this.carried ?? this.#watching.begin('mysql2.Transaction', below) : null
    const command: Command | undefined = proceed()
    if (opening !== null || this.#transaction !== null) this.#watching.attempt(() => this.#follow(command, opening, sql))
    return command
  }

  #used(sql: string | null): void {
    if (sql === null || (this.lent === null && this.#transaction === null)) return
    const text = masked(sql, 'mysql')
    if (this.lent !== null) this.lent.lastQuery = text
    for (const tag of [this.lent === null ? null : this.holder, this.#transaction]) if (tag !== null) tag.target = text
  }

  // Emitted with the answer, before any callback; rows are results too.
  #follow(command: Command | undefined, opening: Deferred | null, sql: string | null): void {
    if (typeof command?.prependListener !== 'function') return
    command.prependListener('result', (header: { readonly serverStatus?: unknown } | null) => {
      if (header?.constructor?.name !== 'ResultSetHeader' || typeof header.serverStatus !== 'number') return
      const isOpen = (header.serverStatus & inTransaction) !== 0
      this.#watching.attempt(() => this.#settle(isOpen, opening, sql))
    })
    if (typeof command.onResult !== 'function') return
    tapMethod(command, 'onResult', ({ args, proceed }) => {
      // The server has rolled back all of it.
      if ((args[0] as { readonly errno?: number } | null)?.errno === deadlock) this.#watching.attempt(() => this.#endTransaction())
      return proceed()
    })
  }

  #settle(isOpen: boolean, opening: Deferred | null, sql: string | null): void {
    if (!isOpen) {
      opening?.abandon()
      this.#endTransaction()
    } else if (this.#transaction === null && opening !== null) {
      this.#transaction = opening.open({ parent: this.holder, ...sql === null ? {} : { target: masked(sql, 'mysql') } })
    }
  }

  #endTransaction(): void {
    const transaction = this.#transaction
    this.#transaction = null
    transaction?.close()
  }

  #prepare({ args, below, proceed }: Call): unknown {
    const sql = textOf(args[0])
    const opening = this.#watching.begin('mysql2.Statement', below)
    return whenDone(args, proceed, (error, statement) => {
      this.#watching.attempt(() => {
        if (error === null && opening !== null) this.#prepared(statement as object, opening, sql)
        else opening?.abandon()
      })
    })
  }

  // The driver keeps statements by their text, and gives out the one it has.
  #prepared(statement: object, opening: Deferred, sql: string | null): void {
    if (this.#statements.has(statement)) return opening.abandon()
    this.#statements.set(statement, opening.open({ parent: this.holder, ...sql === null ? {} : { target: masked(sql, 'mysql') } }))
    const undo = tapMethod(statement, 'close', ({ proceed }) => {
      undo()
      this.#watching.attempt(() => {
        this.#statements.get(statement)?.close()
        this.#statements.delete(statement)
      })
      return proceed()
    })
  }
}

/** Whether a statement may leave a transaction open. */
export function begins(sql: string): boolean {
  return /\b(?:begin|start\s+transaction)\b/i.test(sql)
}
