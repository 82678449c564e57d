// The entry `leakwatch/pg`: pools and clients of the package pg, each thing that they open tracked on its own.
import { Watched } from './database/watched.ts'
import type { DatabaseOptions } from './database/settings.ts'
import { Watching } from './database/watching.ts'
import { ClientLending } from './postgres/client.ts'
import type { PgClient } from './postgres/connection.ts'
import { type PgPool, PoolLending } from './postgres/lending.ts'

export type { DatabaseOptions, Loan } from './database/settings.ts'
export type { PgClient } from './postgres/connection.ts'
export type { PgPool } from './postgres/lending.ts'

const watched = new Watched()

/**
 * The pool, each thing that it opens tracked from here on: the pool itself (`pg.Pool`) until it is ended, borrowed clients
 * (`pg.Client`), transactions (`pg.Transaction`), listeners (`pg.Listener`), cursors and streams (`pg.Cursor`, `pg.Stream`).
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * const pool = watchPool(new pg.Pool(), { heldMs: 5_000 })
 */
export function watchPool<P extends PgPool>(pool: P, options: DatabaseOptions = {}): P {
  return watched.add(pool, ['connect', 'query', 'end', 'on'], () => new PoolLending(new Watching(options), pool, watchPool))
}

/**
 * A client that belongs to no pool, tracked from its `connect` to its end, with what is opened on it. Watch it before it connects.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * const client = watchClient(new pg.Client())
 */
export function watchClient<C extends PgClient>(client: C, options: DatabaseOptions = {}): C {
  return watched.add(client, ['connect', 'query', 'end', 'on'], () => new ClientLending(new Watching(options), client))
}

/** Pool or client are as they were before they were watched, and nothing that they opened is tracked any more. */
export function unwatch(object: PgPool | PgClient): void {
  watched.remove(object)
}
