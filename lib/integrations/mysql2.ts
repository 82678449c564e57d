// The entry `leakwatch/mysql2`: pools and connections of the package mysql2, by callbacks and by promises, each thing that they
// open tracked on its own.
import type { DatabaseOptions } from './database/settings.ts'
import { Watched } from './database/watched.ts'
import { Watching } from './database/watching.ts'
import { ConnectionLending, type MysqlConnection } from './mysql/own-connection.ts'
import { type MysqlPool, PoolLending } from './mysql/lending.ts'

export type { DatabaseOptions, Loan } from './database/settings.ts'
export type { MysqlConnection } from './mysql/own-connection.ts'
export type { MysqlPool } from './mysql/lending.ts'

const watched = new Watched()

/**
 * The pool, each thing that it opens tracked from here on: the pool itself (`mysql2.Pool`) until it is ended, borrowed
 * connections (`mysql2.Connection`), transactions (`mysql2.Transaction`), prepared statements (`mysql2.Statement`).
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * const pool = watchPool(mysql.createPool(settings), { heldMs: 5_000 })
 */
export function watchPool<P extends MysqlPool>(pool: P, options: DatabaseOptions = {}): P {
  return watched.add(pool, ['getConnection', 'query', 'execute', 'end'], () => new PoolLending(new Watching(options), pool, watchPool))
}

/**
 * A connection that belongs to no pool, tracked until its end, with what is opened on it.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * const connection = watchConnection(await mysql.createConnection(settings))
 */
export function watchConnection<C extends MysqlConnection>(connection: C, options: DatabaseOptions = {}): C {
  const needed = ['query', 'execute', 'prepare', 'end', 'destroy']
  return watched.add(connection, needed, () => new ConnectionLending(new Watching(options), connection, watchConnection))
}

/** Pool or connection are as they were before they were watched, and nothing that they opened is tracked any more. */
export function unwatch(object: MysqlPool | MysqlConnection): void {
  watched.remove(object)
}
