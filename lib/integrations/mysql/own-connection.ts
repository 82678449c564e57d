import { OwnLending } from '../database/own-lending.ts'
import type { Watching } from '../database/watching.ts'
import type { Method } from '../taps/method.ts'
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
export class ConnectionLending extends OwnLending {
  constructor(watching: Watching, given: MysqlConnection, below: object) {
    const core = coreOf<CoreConnection>(given, 'connection')
    const opening = watching.begin('mysql2.Connection', below)
    super(watching, new Connection(watching, core))
    this.lend('mysql2.Connection', opening)
    if (core !== given) watching.attempt(() => followConnectionFacade(watching, given))
    for (const name of ['end', 'destroy', 'close']) {
      this.taps.tap(core, name, ({ proceed }) => {
        this.returned()
        return proceed()
      })
    }
    if (core.stream !== undefined) this.taps.listen(core.stream, 'close', () => this.returned())
  }
}
