import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import { OwnLending } from '../database/own-lending.ts'
import type { Watching } from '../database/watching.ts'
import type { Call } from '../taps/method.ts'
import { Connection, type PgClient } from './connection.ts'

/** A client that is its program's own, from `connect` to `end`. */
export class ClientLending extends OwnLending {
  constructor(watching: Watching, client: PgClient) {
    super(watching, new Connection(watching, client))
    this.taps.tap(client, 'connect', call => this.#connect(call))
    this.taps.tap(client, 'end', ({ proceed }) => {
      this.returned()
      return proceed()
    })
    this.taps.listen(client, 'end', () => this.returned())
  }

  #connect({ args, below, proceed }: Call): any {
    const opening = this.watching.begin('pg.Client', below)
    return whenDone(args, proceed, error => { this.#connected(error, opening) })
  }

  #connected(error: unknown, opening: Deferred | null): void {
    if (error !== null) this.watching.attempt(() => opening?.abandon())
    else this.lend('pg.Client', opening)
  }
}
