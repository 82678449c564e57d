// What the watched objects of all drivers have in common, by drivers of a few lines.
import { EventEmitter } from 'node:events'
import t from 'tap'
import { Tracker } from '../../lib/index.ts'
import { watchPool } from '../../lib/integrations/pg.ts'
import { watchDatabase } from '../../lib/integrations/sqlite.ts'
import { matches } from '../support/matches.ts'
import { root } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

class Client extends EventEmitter {
  query() {}
  connect() {}
  end() {}
  release() {}
}

class Pool extends EventEmitter {
  query() {}
  end() {}
  async connect(): Promise<Client> {
    return new Client()
  }
}

t.test('a name that is no text is none', async t => {
  const tracker = new Tracker('names')
  const client = await watchPool(new Pool(), { tracker, name: (() => 42) as never }).connect()
  const { leaks } = tracker.close()
  t.strictSame(leaks.flatMap(({ resources }) => resources.map(({ name }) => name)), [null, null])
  client.release()
})

t.test('a client that is held is told of where the working directory was removed', async t => {
  const { code, stderr, stdout } = await runNode({
    register: false,
    flags: ['--input-type=module'],
    eval: `import { EventEmitter } from 'node:events'
      import { mkdtempSync, rmdirSync } from 'node:fs'
      import { watchPool } from ${JSON.stringify(new URL('dist/lib/integrations/pg.js', root).href)}
      class Pool extends EventEmitter { query() {} end() {} async connect() { return Object.assign(new EventEmitter(), { query() {}, connect() {}, end() {}, release() {} }) } }
      const pool = watchPool(new Pool(), { heldMs: 5 })
      await pool.connect()
      const directory = mkdtempSync('/tmp/leakwatch-gone-')
      process.chdir(directory)
      rmdirSync(directory)
      setTimeout(() => console.log('goes on'), 50)`,
  })
  t.match({ code, stdout }, { code: 0, stdout: 'goes on\n' })
  t.match(stderr, /^leakwatch: pg\.Client is held for \d+ ms, borrowed at /)
})

class Database {
  isOpen = true
  prepare() {}
  exec() {}
  close() {
    this.isOpen = false
  }

  get isTransaction(): boolean {
    if (!this.isOpen) throw new Error('database is not open')
    return false
  }
}

t.test('a database that is not open ends no tracking, and what its end unwatched is watched again', async t => {
  const tracker = new Tracker('databases')
  const database = watchDatabase(new Database(), { tracker })
  t.throws(() => watchDatabase(database, { tracker }), { code: 'ERR_LEAKWATCH_ARGUMENT' })
  database.isOpen = false
  database.exec()
  database.close()
  database.isOpen = true
  t.equal(watchDatabase(database, { tracker }), database)
  matches(t, tracker.close(), { complete: true, faults: [], leaks: [{ type: 'sqlite.Database', count: 1 }] })
})
