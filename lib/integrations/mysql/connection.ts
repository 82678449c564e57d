import type { EventEmitter } from 'node:events'
import type { Tag } from '../../collect/tracked/tag.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import { LendableConnection } from '../database/lendable.ts'
import { type Call, type Method, ObjectTaps, tapMethod } from '../taps/method.ts'
import { begins, statementText } from '../database/sql-text.ts'
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

/** A connection to the server, and what is open on it: a transaction, prepared statements. */
export class Connection extends LendableConnection {
  readonly #taps = new ObjectTaps()
  readonly #statements = new Map<object, Tag>()
  // Without autocommit any statement begins a transaction.
  #beginsAnywhere = false
  /** How many commands that may begin a transaction are not answered: those behind them may end it. */
  #awaited = 0

  constructor(watching: Watching, connection: CoreConnection) {
    super(watching, 'mysql')
    for (const name of ['query', 'execute']) this.#taps.tap(connection, name, call => this.#command(call))
    // The server begins anew.
    for (const name of ['changeUser', 'reset']) this.#taps.tap(connection, name, ({ args, proceed }) => whenDone(args, proceed, error => { if (error === null) this.gone() }))
    this.#taps.tap(connection, 'prepare', call => this.#prepare(call))
    this.#taps.tap(connection, 'promise', ({ proceed }) => this.#followFacade(proceed()))
    // It makes a query of it.
    this.#taps.tap(connection, 'beginTransaction', ({ below, proceed }) => watching.within(below, proceed))
    if (typeof connection.stream?.prependListener === 'function') this.#taps.listen(connection.stream, 'close', () => this.gone())
  }

  stop(): void {
    this.gone()
    this.#taps.undo()
  }

  gone(): void {
    this.watching.attempt(() => {
      for (const tag of this.#statements.values()) tag.close()
      this.#statements.clear()
      this.endTransaction()
    })
  }

  #followFacade<C extends object>(facade: C): C {
    this.watching.attempt(() => followConnectionFacade(this.watching, facade))
    return facade
  }

  #command({ args, below, proceed }: Call): unknown {
    const sql = statementText(args[0])
    this.watching.attempt(() => this.used(sql))
    if (sql !== null && /\bautocommit\b/i.test(sql)) this.#beginsAnywhere = true
    const mayBegin = sql !== null && (begins(sql) || (this.#beginsAnywhere && this.transaction === null))
    const opening = mayBegin ? this.carried ?? this.watching.begin('mysql2.Transaction', below) : null
    const command: Command | undefined = proceed()
    if (opening !== null || this.transaction !== null || this.#awaited > 0) this.watching.attempt(() => this.#follow(command, opening, sql))
    return command
  }

  // Emitted with the answer, before any callback; rows are results too.
  #follow(command: Command | undefined, opening: Deferred | null, sql: string | null): void {
    if (typeof command?.prependListener !== 'function') return opening?.abandon()
    let isAwaited = opening !== null
    if (isAwaited) this.#awaited++
    const answered = (): void => {
      if (isAwaited) this.#awaited--
      isAwaited = false
    }
    command.prependListener('result', (header: { readonly serverStatus?: unknown } | null) => {
      if (header?.constructor?.name !== 'ResultSetHeader' || typeof header.serverStatus !== 'number') return
      answered()
      const isOpen = (header.serverStatus & inTransaction) !== 0
      this.watching.attempt(() => this.#settle(isOpen, opening, sql))
    })
    if (typeof command.onResult !== 'function') return
    tapMethod(command, 'onResult', ({ args, proceed }) => {
      answered()
      // The server has rolled back all of it.
      if ((args[0] as { readonly errno?: number } | null)?.errno === deadlock) this.watching.attempt(() => this.endTransaction())
      return proceed()
    })
  }

  #settle(isOpen: boolean, opening: Deferred | null, sql: string | null): void {
    if (!isOpen) {
      opening?.abandon()
      this.endTransaction()
    } else if (this.transaction === null && opening !== null) {
      this.transaction = this.open(opening, sql)
    } else {
      opening?.abandon()
    }
  }

  #prepare({ args, below, proceed }: Call): unknown {
    const sql = statementText(args[0])
    const opening = this.watching.begin('mysql2.Statement', below)
    return whenDone(args, proceed, (error, statement) => {
      this.watching.attempt(() => {
        if (error === null && opening !== null) this.#prepared(statement as object, opening, sql)
        else opening?.abandon()
      })
    })
  }

  // The driver keeps statements by their text, and gives out the one it has.
  #prepared(statement: object, opening: Deferred, sql: string | null): void {
    if (this.#statements.has(statement)) return opening.abandon()
    this.#statements.set(statement, this.open(opening, sql))
    const undo = tapMethod(statement, 'close', ({ proceed }) => {
      undo()
      this.watching.attempt(() => {
        this.#statements.get(statement)?.close()
        this.#statements.delete(statement)
      })
      return proceed()
    })
  }
}
