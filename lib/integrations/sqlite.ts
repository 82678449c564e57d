// The entry `leakwatch/sqlite`: databases of node:sqlite and better-sqlite3, each thing that they open tracked on its own.
import { type DatabaseOptions, requireDatabaseOptions } from './database/settings.ts'
import { Watched } from './database/watched.ts'
import { Watching } from './database/watching.ts'
import { DatabaseFollower, type SqliteDatabase } from './sqlite/database.ts'

export type { SqliteDatabase } from './sqlite/database.ts'

/** Options of `watchDatabase`; all optional. */
export type SqliteOptions = Pick<DatabaseOptions, 'tracker' | 'name'>

const watched = new Watched()

/**
 * The database, each thing that it opens tracked from here on: the database itself (`sqlite.Database`) until it is closed,
 * iterators (`sqlite.Iterator`) until they come to their end, transactions (`sqlite.Transaction`).
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * const database = watchDatabase(new DatabaseSync('orders.db'))
 */
export function watchDatabase<D extends SqliteDatabase>(database: D, options: SqliteOptions = {}): D {
  return watched.add(database, ['prepare', 'exec', 'close'], remove => {
    requireDatabaseOptions(options, ['tracker', 'name'])
    return new DatabaseFollower(new Watching(options), database, { below: watchDatabase, onClose: remove })
  })
}

/** The database is as it was before it was watched, and nothing that it opened is tracked any more. */
export function unwatch(database: SqliteDatabase): void {
  watched.remove(database)
}
