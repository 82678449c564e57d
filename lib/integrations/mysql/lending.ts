import type { EventEmitter } from 'node:events'
import type { Tag } from '../../collect/tracked/tag.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import { type Call, type Method, ObjectTaps } from '../taps/method.ts'
import { begins, statementText } from '../database/sql-text.ts'
import { OwnQueries } from '../database/own-queries.ts'
import type { Borrowed, Watching } from '../database/watching.ts'
import { Connection, type CoreConnection } from './connection.ts'
import { coreOf, followConnectionFacade } from './facade.ts'

/** What is used of a pool of mysql2, of either API. */
export interface MysqlPool {
  getConnection: Method
  query: Method
  execute: Method
  end: Method
}

interface CorePool extends MysqlPool, EventEmitter {
  readonly config?: { readonly resetOnRelease?: boolean }
}

interface Member {
  readonly connection: Connection
  borrowed: Borrowed | null
}

/** Connections that leave a pool by `getConnection`, until they are given back by `release`, or destroyed. */
export class PoolLending {
  readonly #watching: Watching
  readonly #core: CorePool
  readonly #tag: Tag | null
  readonly #taps = new ObjectTaps()
  readonly #members = new Map<CoreConnection, Member>()
  // Callbacks of ours: the pool hands what it could not serve to getConnection again.
  readonly #ours = new WeakSet<object>()
  readonly #queries = new OwnQueries()

  constructor(watching: Watching, given: MysqlPool, below: object) {
    this.#watching = watching
    this.#core = coreOf<CorePool>(given, 'pool')
    this.#tag = watching.begin('mysql2.Pool', below)?.open() ?? null
    for (const name of ['query', 'execute']) this.#taps.tap(this.#core, name, call => this.#queried(call))
    this.#taps.tap(this.#core, 'getConnection', call => this.#getConnection(call))
    this.#taps.tap(this.#core, 'releaseConnection', ({ args: [connection], proceed }) => {
      this.#returned(connection)
      return proceed()
    })
    this.#taps.tap(this.#core, 'end', call => this.#end(call))
    this.#taps.tap(this.#core, 'promise', ({ proceed }) => this.#followFacade(proceed()))
    if (this.#core !== given) this.#followFacade(given)
  }

  /** Nothing is followed any more. */
  stop(): void {
    for (const [core, { connection }] of [...this.#members]) {
      connection.stop()
      this.#returned(core)
    }
    this.#members.clear()
    this.#watching.attempt(() => { if (this.#tag?.isOpen === true) this.#tag.close() })
    this.#taps.undo()
  }

  #followFacade<P extends object>(facade: P): P {
    for (const name of ['query', 'execute']) this.#taps.tap(facade, name, ({ below, proceed }) => this.#watching.within(below, proceed))
    this.#taps.tap(facade, 'getConnection', ({ args, below, proceed }) => whenDone(args, () => this.#watching.within(below, proceed), (error, connection) => {
      if (error === null) this.#watching.attempt(() => followConnectionFacade(this.#watching, connection as object))
    }))
    return facade
  }

  #queried({ args, below, proceed }: Call): unknown {
    const sql = statementText(args[0])
    const opening = sql !== null && begins(sql) ? this.#watching.begin('mysql2.Transaction', below) : null
    return this.#queries.carryOut(opening, proceed)
  }

  #getConnection({ args, below, proceed }: Call): unknown {
    const own = this.#queries.take()
    const [callback] = args
    if (typeof callback !== 'function' || this.#ours.has(callback)) return proceed()
    const opening = own === null ? this.#watching.begin('mysql2.Connection', below) : null
    const heard = (error: unknown, connection?: CoreConnection) => {
      if (connection === undefined) {
        this.#watching.attempt(() => opening?.abandon())
        return callback(error)
      }
      if (own !== null) return this.#carry(connection, own.opening, () => callback(error, connection))
      this.#lend(connection, opening)
      return callback(error, connection)
    }
    this.#ours.add(heard)
    return proceed([heard])
  }

  // The pool itself borrows the connection, gives it back when the query is done, and holds what the query leaves open.
  #carry(core: CoreConnection, opening: Deferred | null, call: () => unknown): unknown {
    const connection = this.#memberOf(core)?.connection
    if (connection === undefined) return call()
    return connection.carry(this.#tag, opening, call)
  }

  #lend(core: CoreConnection, opening: Deferred | null): void {
    const member = this.#memberOf(core)
    const borrowed = opening === null ? null : this.#watching.lend('mysql2.Connection', opening, this.#tag)
    if (member === null || borrowed === null) return
    member.borrowed = borrowed
    member.connection.lend(borrowed)
  }

  #returned(core: CoreConnection): void {
    const member = this.#members.get(core)
    const borrowed = member?.borrowed ?? null
    if (member === undefined || borrowed === null) return
    member.borrowed = null
    member.connection.takeBack()
    // The server rolls back and forgets what was prepared; so it does at the end of a connection that leaves the pool.
    if (this.#core.config?.resetOnRelease === true || (core as { readonly _pool?: unknown })._pool === null) member.connection.gone()
    this.#watching.takeBack(borrowed)
  }

  // It ends the connections that are borrowed as well.
  #end({ args, proceed }: Call): unknown {
    const settled = (error: unknown) => { if ((error ?? null) === null) this.stop() }
    if (typeof args[0] === 'function') return whenDone(args, proceed, settled)
    // The driver's own callback for want of one.
    return proceed([(error: Error | null | undefined) => {
      settled(error)
      if (error) throw error
    }])
  }

  #memberOf(core: CoreConnection): Member | null {
    return this.#watching.attempt(() => {
      let member = this.#members.get(core)
      if (member === undefined) {
        this.#members.set(core, member = { connection: new Connection(this.#watching, core), borrowed: null })
        core.stream?.once('close', () => {
          this.#returned(core)
          this.#members.delete(core)
        })
      }
      return member
    })
  }
}
