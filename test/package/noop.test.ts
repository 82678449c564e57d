// The two faces of `leakwatch`: what `production` and LEAKWATCH=off resolve to has the names of the whole, and does nothing.
import { closeSync, openSync, readFileSync } from 'node:fs'
import t from 'tap'
import * as api from '../../lib/index.ts'
import * as mysql2 from '../../lib/integrations/mysql2.ts'
import * as noMysql2 from '../../lib/integrations/noop/mysql2.ts'
import * as noOtel from '../../lib/integrations/noop/otel.ts'
import * as noPg from '../../lib/integrations/noop/pg.ts'
import * as noSqlite from '../../lib/integrations/noop/sqlite.ts'
import * as otel from '../../lib/integrations/otel.ts'
import * as pg from '../../lib/integrations/pg.ts'
import * as sqlite from '../../lib/integrations/sqlite.ts'
import * as main from '../../lib/main.ts'
import * as noop from '../../lib/noop.ts'
import { matches } from '../support/matches.ts'
import { inRoot, root } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { runNode } from '../support/run.ts'

const same: typeof api = noop
const samePg: typeof pg = noPg
const sameOtel: typeof otel = noOtel
const sameMysql2: typeof mysql2 = noMysql2
const sameSqlite: typeof sqlite = noSqlite

/** Each exported name with what it is, and the members of what a class makes. */
function shapeOf(names: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(names).toSorted().map(name => {
    const value = names[name] as { readonly prototype?: object }
    const members = value.prototype === undefined ? [] : Reflect.ownKeys(value.prototype).map(String).toSorted()
    return `${name} ${typeof value} ${members.join()}`
  })
}

/** The members of an object's class, and its own. */
function membersOf(value: object): readonly string[] {
  return [...Reflect.ownKeys(value), ...Reflect.ownKeys(Object.getPrototypeOf(value) as object)].map(String)
    .filter(name => !['constructor', 'Symbol(leakwatch.entry)', 'Symbol(leakwatch.policy)', ...Object.getOwnPropertyNames(Object.prototype)].includes(name)).toSorted()
}

t.test('all three export the same names, and their classes have the same members', async t => {
  t.strictSame(shapeOf(noop), shapeOf(api))
  t.strictSame(shapeOf(main), shapeOf(api))
  t.strictSame([samePg, sameMysql2, sameSqlite, sameOtel].map(shapeOf), [pg, mysql2, sqlite, otel].map(shapeOf))
})

t.test('of each entry there is one declaration of types for all conditions, and every production build exports what the whole does', async t => {
  const entries: Readonly<Record<string, string | Readonly<Record<string, string>>>> = JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).exports
  const alone: string[] = []
  for (const [name, conditions] of Object.entries(entries)) {
    if (typeof conditions === 'string') continue
    t.equal(Object.keys(conditions)[0], 'types', `${name}: whatever comes before would have types of its own`)
    const { production, default: whole } = conditions
    if (production === undefined) alone.push(name)
    // Importing the preload begins to record; it exports nothing.
    else if (name !== './register') t.strictSame(shapeOf(await import(inRoot(production))), shapeOf(await import(inRoot(whole!))), name)
  }
  t.strictSame(alone, ['./jest', './mocha', './node-test', './tap', './vitest'], 'tests have no production')
})

t.test('tags, trackers and watches have the same members', async t => {
  using w = api.watch({ types: ['tracked'] })
  using tag = api.track('lock')
  t.strictSame(membersOf(same.track('lock')), membersOf(tag))
  t.strictSame(membersOf(same.watch()), membersOf(w))
  t.strictSame(membersOf(new same.Tracker('jobs')), membersOf(new api.Tracker('jobs')))
})

t.test('a tag is one constant that nothing changes', async t => {
  const tag = same.track('lock', { name: 'orders', object: {} })
  t.equal(same.track('other'), tag)
  t.equal(tag.child('part').child('part'), tag)
  t.equal(new same.Tracker('jobs').track('job'), tag)
  tag.target = 'elsewhere'
  tag.close()
  tag.close()
  tag[Symbol.dispose]()
  await tag[Symbol.asyncDispose]()
  t.match(tag, { name: null, target: null, isOpen: false })
  t.equal(Object.isFrozen(tag), true)
})

t.test('watches and trackers see nothing, in valid snapshots and reports', async t => {
  using w = same.watch()
  const fd = openSync('/dev/null', 'r')
  const before = w.snapshot()
  const reports = [await w.check(), new same.Tracker('jobs').close(), same.scope('job', scope => scope.report())]
  closeSync(fd)
  w.stop()
  for (const report of reports) {
    matches(t, report, { leaks: [], pending: [], complete: true, process: { pid: process.pid } })
    t.strictSame(schemaFaults(report), [])
  }
  t.strictSame(Object.keys(before).toSorted(), Object.keys(new api.Tracker('jobs').snapshot()).toSorted())
  t.strictSame(same.diff(before, w.snapshot()), { survivors: [], gone: [], kept: [] })
})

t.test('nothing throws where the working directory was removed', async t => {
  const program = `
    const directory = fs.mkdtempSync(os.tmpdir() + '/leakwatch-gone-')
    process.chdir(directory)
    fs.rmdirSync(directory)
    console.log(new api.Tracker('gone').close().process.cwd, api.watch().snapshot().process.cwd, api.scope('a', s => s.report()).process.cwd)`
  const { stdout, stderr } = await runNode({ register: false, flags: ['--input-type=module'], eval: `import fs from 'node:fs'; import os from 'node:os'; import * as api from ${JSON.stringify(new URL('dist/lib/noop.js', root).href)}; ${program}` })
  t.strictSame({ stdout, stderr }, { stdout: '/ / /\n', stderr: '' })
})

t.test('functions are called once, with what they return and throw', async t => {
  t.equal(same.scope('job', ({ name }) => name), 'job')
  t.equal(same.scope({ name: 'job', onClose: () => t.fail('there is nothing to tell') }, ({ name }) => name), 'job')
  t.throws(() => same.scope('job', () => { throw new RangeError('own') }), RangeError)
  t.equal(await same.assertNoLeaks(async () => 7), 7)
  await t.rejects(same.assertNoLeaks(() => { throw new RangeError('own') }), RangeError)
  let calls = 0
  await same.assertNoGrowth(() => { calls++ })
  t.equal(calls, 1)
})

t.test('its errors are those of the whole', async t => {
  t.equal(api.isLeakwatchError(new same.LeakwatchError('ERR_LEAKWATCH_ARGUMENT', 'said')), true)
  t.equal(same.isLeakError(new api.LeakError('said', {} as never)), true)
})

t.test('file systems, pools, clients and databases are handed back untouched, under LEAKWATCH=off too', async t => {
  const method = () => {}
  const names = ['connect', 'query', 'end', 'on', 'execute', 'getConnection', 'prepare', 'destroy', 'exec', 'close']
  const given = () => Object.fromEntries(names.map(name => [name, method]))
  const before = process.env.LEAKWATCH
  process.env.LEAKWATCH = 'off'
  t.teardown(() => {
    if (before === undefined) delete process.env.LEAKWATCH
    else process.env.LEAKWATCH = before
  })
  const watchers = [
    pg.watchPool, pg.watchClient, mysql2.watchPool, mysql2.watchConnection, sqlite.watchDatabase,
    samePg.watchPool, samePg.watchClient, sameMysql2.watchPool, sameMysql2.watchConnection, sameSqlite.watchDatabase,
  ] as readonly ((one: object) => object)[]
  for (const watchOne of watchers) {
    const one = given()
    t.equal(watchOne(one), one)
    t.ok(names.every(name => one[name] === method))
  }
  for (const { unwatch } of [pg, samePg, mysql2, sameMysql2, sqlite, sameSqlite]) unwatch({} as never)
  const fs = given()
  t.equal(same.wrapFs(fs, new same.Tracker('files')), fs)
})
