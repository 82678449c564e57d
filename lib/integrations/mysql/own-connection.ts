import { type Method, Taps } from '../taps/method.ts'
import type { Borrowed, Watching } from '../database/watching.ts'
import { Connection, type CoreConnection } from './connection.ts'
import { coreOf, followConnectionFacade } from './facade.ts'

/** What is used of a connection of mysql2, of either API. */
export interface MysqlConnection {
  query: Method
  execute: Method
  prepare: Method
  end: Method
  destroy: Method
}

/** A connection that is its program's own, until its end. */
export class ConnectionLending {
  readonly #watching: Watching
  readonly #connection: Connection
  readonly #taps = new Taps()
  #borrowed: Borrowed | null

  constructor(watching: Watching, given: MysqlConnection, below: object) {
    this.#watching = watching
    const core = coreOf<CoreConnection>(given, 'connection')
    const opening = watching.begin('mysql2.Connection', below)
    this.#borrowed = opening === null ? null : watching.lend('mysql2.Connection', opening, null)
    this.#connection = new Connection(watching, core)
    this.#connection.holder = this.#borrowed?.tag ?? null
    this.#connection.lent = this.#borrowed?.lent ?? null
    if (core !== given) watching.attempt(() => followConnectionFacade(watching, given))
    for (const name of ['end', 'destroy', 'close']) {
      this.#taps.tap(core, name, ({ proceed }) => {
        this.#returned()
        return proceed()
      })
    }
    if (core.stream !== undefined) this.#taps.listen(core.stream, 'close', () => this.#returned())
  }

  /** Nothing is followed any more. */
  stop(): void {
    this.#returned()
    this.#connection.stop()
    this.#taps.undo()
  }

  #returned(): void {
    const borrowed = this.#borrowed
    this.#borrowed = this.#connection.lent = null
    this.#connection.gone()
    if (borrowed !== null) this.#watching.takeBack(borrowed)
  }
}
