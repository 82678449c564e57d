import type { EventEmitter } from 'node:events'
import type { Tag } from '../../collect/tracked/tag.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import { type Call, type Method, ObjectTaps, tapMethod } from '../taps/method.ts'
import { statementText } from '../database/sql-text.ts'
import { OwnQueries, type OwnQuery } from '../database/own-queries.ts'
import type { Borrowed, Watching } from '../database/watching.ts'
import { Connection, leftBy, type PgClient } from './connection.ts'

/** What is used of a pool of pg. */
export interface PgPool extends EventEmitter {
  connect: (...args: any[]) => any
  query: (...args: any[]) => any
  end: (...args: any[]) => any
}

type Lendable = PgClient & { release: Method }

/** Clients that leave a pool by `connect`, until they are given back by `release`. */
export class PoolLending {
  readonly #watching: Watching
  readonly #tag: Tag | null
  readonly #taps = new ObjectTaps()
  readonly #connections = new Map<object, Connection>()
  readonly #open = new Set<() => void>()
  readonly #queries = new OwnQueries()

  constructor(watching: Watching, pool: PgPool, below: object) {
    this.#watching = watching
    this.#tag = watching.begin('pg.Pool', below)?.open() ?? null
    this.#taps.tap(pool, 'query', call => this.#queried(call))
    this.#taps.tap(pool, 'connect', call => this.#connect(call))
    this.#taps.tap(pool, 'end', ({ args, proceed }) => whenDone(args, proceed, error => { if (error === null) this.stop() }))
  }

  /** Nothing is followed any more. */
  stop(): void {
    for (const connection of [...this.#connections.values()]) connection.stop()
    this.#connections.clear()
    for (const takeBack of [...this.#open]) takeBack()
    this.#watching.attempt(() => { if (this.#tag?.isOpen === true) this.#tag.close() })
    this.#taps.undo()
  }

  #queried({ args, below, proceed }: Call): any {
    const sql = statementText(args[0])
    const leaves = sql === null ? null : leftBy(sql)
    return this.#queries.carryOut(leaves === null ? null : this.#watching.begin(leaves, below), proceed)
  }

  #connect({ args, below, proceed }: Call): any {
    const own = this.#queries.take()
    const opening = own === null ? this.#watching.begin('pg.Client', below) : null
    const [callback] = args
    if (typeof callback === 'function') return proceed([this.#callback(callback as Method, own, opening)])
    return whenDone(args, proceed, (error, client) => {
      if (error === null) this.#lend(client as Lendable, opening)
      else this.#watching.attempt(() => opening?.abandon())
    })
  }

  #callback(callback: Method, own: OwnQuery | null, opening: Deferred | null): Method {
    // The pool calls it as a function of no object.
    return (error: unknown, client: Lendable | undefined, release: unknown): unknown => {
      if (client === undefined) {
        this.#watching.attempt(() => opening?.abandon())
        return callback(error, client, release)
      }
      if (own !== null) return this.#carry(client, own.opening, () => callback(error, client, release))
      this.#lend(client, opening)
      return callback(error, client, client.release)
    }
  }

  // The pool itself borrows the client, gives it back when the query is done, and holds what the query leaves open.
  #carry(client: Lendable, opening: Deferred | null, call: () => unknown): unknown {
    const connection = this.#connectionOf(client)
    if (connection === null) return call()
    return connection.carry(this.#tag, opening, call)
  }

  #lend(client: Lendable, opening: Deferred | null): void {
    const connection = this.#connectionOf(client)
    const borrowed = opening === null ? null : this.#watching.lend('pg.Client', opening, this.#tag)
    if (connection === null || borrowed === null) return
    connection.lend(borrowed)
    this.#watching.attempt(() => this.#tapRelease(client, connection, borrowed))
  }

  #tapRelease(client: Lendable, connection: Connection, borrowed: Borrowed): void {
    const takeBack = () => {
      if (!this.#open.delete(takeBack)) return
      connection.takeBack()
      this.#watching.takeBack(borrowed)
    }
    this.#open.add(takeBack)
    // The pool gives every borrower a release of its own.
    tapMethod(client, 'release', ({ args, proceed }) => {
      // With an error, or true, the client is thrown away.
      if (args[0] && borrowed.tag?.isOpen === true) connection.gone()
      takeBack()
      return proceed()
    })
  }

  #connectionOf(client: Lendable): Connection | null {
    return this.#watching.attempt(() => {
      let connection = this.#connections.get(client)
      if (connection === undefined) {
        this.#connections.set(client, connection = new Connection(this.#watching, client))
        client.once('end', () => this.#connections.delete(client))
      }
      return connection
    })
  }
}
