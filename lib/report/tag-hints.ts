import type { Words } from './words.ts'

const opened = (noun: string, fix: string, plural = `${noun}s`): Words => ({ noun, plural, opened: 'opened', fix })
const borrowed = (noun: string, fix: string): Words => ({ noun, plural: `${noun}s`, opened: 'borrowed', fix })
const begun = (noun: string, fix: string): Words => ({ noun, plural: `${noun}s`, opened: 'begun', fix })

const release = 'in a finally block, so that it goes back also when a query fails'
const end = 'Commit it, and roll it back where anything fails: in a catch block, before the client goes back.'

/** A row for every kind of tag that the integrations open. */
export const tagWords: ReadonlyMap<string, Words> = new Map([
  ['pg.Pool', opened('PostgreSQL pool', 'Call await pool.end(), which waits until every client was released.')],
  ['pg.Client', borrowed('PostgreSQL client', `Call client.release() ${release}; client.end() for one of no pool.`)],
  ['pg.Transaction', begun('PostgreSQL transaction', end)],
  ['pg.Cursor', opened('PostgreSQL cursor', 'Call await cursor.close() in a finally block, or read it to its end.')],
  ['pg.Stream', opened('PostgreSQL stream', 'Read it to its end or destroy it.')],
  ['pg.Listener', opened('PostgreSQL listener', 'Say UNLISTEN before the client goes back.')],
  ['mysql2.Pool', opened('MySQL pool', 'Call await pool.end().')],
  ['mysql2.Connection', borrowed('MySQL connection', `Call connection.release() ${release}; connection.end() for one of no pool.`)],
  ['mysql2.Transaction', begun('MySQL transaction', end)],
  ['mysql2.Statement', opened('MySQL statement', 'Call statement.close() in a finally block; execute() of the connection prepares and keeps statements itself.')],
  ['sqlite.Database', opened('SQLite database', 'Call database.close().')],
  ['sqlite.Iterator', opened('SQLite iterator', 'Read it to its end, or leave it by its loop or its return().')],
  ['sqlite.Transaction', begun('SQLite transaction', 'Commit it, and roll it back where anything fails: in a catch block.')],
  ['fs.Descriptor', opened('descriptor of a wrapped file system', 'Close it with closeSync(fd) or close(fd) of the same file system on every path, also when an error is thrown.', 'descriptors of a wrapped file system')],
  ['fs.FileHandle', opened('file handle of a wrapped file system', 'Call await handle.close() in a finally block.', 'file handles of a wrapped file system')],
  ['fs.Dir', opened('directory handle of a wrapped file system', 'Read it to the end with `for await`, which closes it; otherwise call dir.close() in a finally block.', 'directory handles of a wrapped file system')],
  ['fs.ReadStream', opened('read stream of a wrapped file system', 'Read it to its end or destroy it; stream.pipeline destroys it when the other side fails.', 'read streams of a wrapped file system')],
  ['fs.WriteStream', opened('write stream of a wrapped file system', 'End it or destroy it; stream.pipeline destroys it when the other side fails.', 'write streams of a wrapped file system')],
  ['fs.Watcher', opened('watcher of a wrapped file system', 'Call watcher.close(), or leave the loop over it.', 'watchers of a wrapped file system')],
  ['fs.StatWatcher', opened('file watcher of a wrapped file system', 'Call unwatchFile(path) of the same file system.', 'file watchers of a wrapped file system')],
])
