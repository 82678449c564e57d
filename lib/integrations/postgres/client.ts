import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import { type Call, Taps } from '../taps/method.ts'
import type { Borrowed, Watching } from '../database/watching.ts'
import { Connection, type PgClient } from './connection.ts'

/** A client that is its program's own, from `connect` to `end`. */
export class ClientLending {
  readonly #watching: Watching
  readonly #connection: Connection
  readonly #taps = new Taps()
  #borrowed: Borrowed | null = null

  constructor(watching: Watching, client: PgClient) {
    this.#watching = watching
    this.#connection = new Connection(watching, client)
    this.#taps.tap(client, 'connect', call => this.#connect(call))
    this.#taps.tap(client, 'end', ({ proceed }) => {
      this.#returned()
      return proceed()
    })
    this.#taps.listen(client, 'end', () => this.#returned())
  }

  /** Nothing is followed any more. */
  stop(): void {
    this.#returned()
    this.#connection.stop()
    this.#taps.undo()
  }

  #connect({ args, below, proceed }: Call): any {
    const opening = this.#watching.begin('pg.Client', below)
    return whenDone(args, proceed, error => { this.#connected(error, opening) })
  }

  #connected(error: unknown, opening: Deferred | null): void {
    if (error !== null) this.#watching.attempt(() => opening?.abandon())
    else if (opening !== null) this.#borrowed = this.#watching.lend('pg.Client', opening, null)
    this.#connection.holder = this.#borrowed?.tag ?? null
    this.#connection.lent = this.#borrowed?.lent ?? null
  }

  #returned(): void {
    const borrowed = this.#borrowed
    this.#borrowed = this.#connection.lent = null
    this.#connection.gone()
    if (borrowed !== null) this.#watching.takeBack(borrowed)
  }
}
