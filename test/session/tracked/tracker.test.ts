import { readFileSync } from 'node:fs'
import t from 'tap'
import { type Report, type ReportedMisuse, type Site, Tracker, track, watch } from '../../../lib/index.ts'
import { matches } from '../../support/matches.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import { runNode } from '../../support/run.ts'

const index = JSON.stringify(new URL('../../../lib/index.js', import.meta.url).href)

/** What a report says of misuses: code, what it was, how often, and which of its sites are known. */
function told({ misuses }: Report): readonly string[] {
  return misuses.map(({ code, type, name, count, sites, children }) => {
    const known = Object.entries(sites).filter(([, site]) => site !== null).map(([which]) => which)
    return `${code} ${type} ${name} x${count} ${known.join()}${children.map(child => ` ${child.count} ${child.type}`).join()}`
  })
}

/** The text of the line that a site leads to. */
function lineAt(site: Site | null): string {
  const { file, line } = site!.frames[site!.user]!
  return readFileSync(file!, 'utf8').split('\n')[line! - 1]!.trim()
}

t.test('a tracker reports what is open on it when it is closed, and that alone', async t => {
  const tracker = new Tracker('jobs')
  using elsewhere = track('elsewhere')
  tracker.track('job', { name: 'done' }).close()
  tracker.track('job', { name: 'open' })
  const report = tracker.close()
  matches(t, report, { schema: 'leakwatch-report/1', reason: 'api', complete: true, misuses: [], kernel: null, leaks: [{ kind: 'tracked', type: 'job', count: 1, resources: [{ name: 'open' }] }] })
  t.equal(report.leaks.length, 1)
  t.ok(elsewhere.isOpen)
  t.match(report.leaks[0]!.site.frames[report.leaks[0]!.site.user], { file: /tracker\.test\.ts$/, function: null })
  t.strictSame(schemaFaults(report), [])
})

t.test('a tracker on which all is closed reports nothing', async t => {
  using tracker = new Tracker('jobs')
  const parent = tracker.track('job')
  const child = parent.child('step')
  tracker.track('step', { parent }).close()
  child.close()
  parent.close()
  matches(t, tracker.close(), { leaks: [], misuses: [] })
})

t.test('what a tracker has is no business of a watch', async t => {
  using w = watch({ types: ['tracked'], settleMs: 0 })
  const tracker = new Tracker('jobs')
  tracker.track('job')
  matches(t, await w.check(), { leaks: [] })
  matches(t, tracker.snapshot(), { resources: [{ type: 'job' }] })
  tracker.close()
})

t.test('a tag outlives its tracker without being misused for it', async t => {
  const tracker = new Tracker('jobs')
  const tag = tracker.track('job')
  t.equal(tracker.close().leaks.length, 1)
  t.equal(tag.isOpen, true)
  tag.close()
  t.strictSame(tracker.snapshot().resources, [])
})

t.test('closing over open children is told with where it was opened and closed, and where each child was', async t => {
  const tracker = new Tracker('sql')
  const tx = tracker.track('sql.Tx', { name: 'transfer' })
  const rows = Array.from({ length: 3 }, () => tx.child('sql.Rows'))
  const statement = tx.child('sql.Stmt')
  tx.child('sql.Stmt').close()
  tx.close()
  const report = tracker.close()
  t.strictSame(told(report), ['ERR_LEAKWATCH_CHILDREN_OPEN sql.Tx transfer x1 opened,closed 1 sql.Stmt, 3 sql.Rows'])
  const [{ sites, children }] = report.misuses as [ReportedMisuse]
  t.strictSame([sites.opened, sites.closed, ...children.map(({ site }) => site)].map(lineAt), [
    "const tx = tracker.track('sql.Tx', { name: 'transfer' })", 'tx.close()', "const statement = tx.child('sql.Stmt')", "const rows = Array.from({ length: 3 }, () => tx.child('sql.Rows'))",
  ])
  t.match(report.misuses[0], { reason: 'It was closed while children of it were open.', isCertain: true, hint: /^Close the children first/ })
  t.strictSame(report.leaks.map(({ type, count }) => `${type} ${count}`), ['sql.Rows 3', 'sql.Stmt 1'], 'the children are still leaks')
  t.strictSame(schemaFaults(report), [])
  for (const row of rows) row.close()
  statement.close()
  t.strictSame(tracker.snapshot().resources, [])
})

t.test('closing twice is told with both closes, once the type is known for it', async t => {
  const tracker = new Tracker('sql')
  const closeTwice = () => {
    const tag = tracker.track('sql.Tx')
    tag.close() // once
    tag.close() // twice
  }
  const known = [1, 2].map(() => {
    closeTwice()
    return tracker.snapshot().misuses.map(({ count, sites }) => [count, sites.opened >= 0, sites.closed >= 0, sites.second >= 0])
  })
  t.strictSame(known, [[[1, true, false, true]], [[2, true, true, true]]])
  const report = tracker.close()
  t.strictSame(told(report), ['ERR_LEAKWATCH_CLOSED_TWICE sql.Tx null x2 opened,closed,second'])
  const [{ sites }] = report.misuses as [ReportedMisuse]
  t.strictSame([sites.opened, sites.closed, sites.second].map(lineAt), ["const tag = tracker.track('sql.Tx')", 'tag.close() // once', 'tag.close() // twice'])
})

t.test('a child under a closed tag is tracked all the same, and told', async t => {
  const tracker = new Tracker('sql')
  const db = tracker.track('sql.DB')
  const tx = db.child('sql.Tx')
  tx.close()
  const rows = tx.child('sql.Rows')
  const statement = tracker.track('sql.Stmt', { parent: tx })
  t.equal(rows.isOpen && statement.isOpen, true)
  statement.close()
  rows.close()
  db.close()
  matches(t, tracker.close(), { leaks: [], misuses: [{ code: 'ERR_LEAKWATCH_PARENT_CLOSED', type: 'sql.Tx' }, { code: 'ERR_LEAKWATCH_PARENT_CLOSED' }] })
})

t.test('a tag on a closed tracker is not tracked, and told by the reports of the process', async t => {
  using w = watch({ types: ['tracked'], settleMs: 0 })
  const tracker = new Tracker('sql')
  tracker.close()
  const tag = tracker.track('sql.DB')
  t.equal(tag.isOpen, false)
  tag.child('sql.Tx').close()
  tag.close()
  tag.close()
  tracker.close()
  const report = await w.check()
  t.strictSame(told(report), [
    'ERR_LEAKWATCH_TRACKER_CLOSED Tracker sql x1 opened,closed,second',
    'ERR_LEAKWATCH_TRACKER_CLOSED Tracker sql x1 opened,closed,second',
    'ERR_LEAKWATCH_CLOSED_TWICE Tracker sql x1 opened,closed,second',
  ])
  t.strictSame(schemaFaults(report), [])
  t.strictSame(told(await w.check({ since: w.snapshot() })), [], 'and once')
})

t.test('a strict tracker throws what it records, and nothing is left open by that', async t => {
  const tracker = new Tracker('sql', { strict: true })
  const tx = tracker.track('sql.Tx', { name: 'transfer' })
  const rows = tx.child('sql.Rows')
  t.throws(() => tx.close(), { name: 'LeakwatchError', code: 'ERR_LEAKWATCH_CHILDREN_OPEN', message: /^sql\.Tx 'transfer' was closed while children of it were open\. Close the children first/ })
  t.equal(tx.isOpen, false)
  t.throws(() => tx.close(), { code: 'ERR_LEAKWATCH_CLOSED_TWICE' })
  t.throws(() => tx.child('sql.Rows'), { code: 'ERR_LEAKWATCH_PARENT_CLOSED' })
  tx[Symbol.dispose]()
  rows.close()
  const report = tracker.close()
  matches(t, report, { leaks: [], misuses: { length: 3 } })
  t.throws(() => tracker.track('sql.Tx'), { code: 'ERR_LEAKWATCH_TRACKER_CLOSED', message: /^Tracker 'sql' was given a tag although it was closed/ })
  t.throws(() => tracker.close(), { code: 'ERR_LEAKWATCH_CLOSED_TWICE' })
})

t.test('a tree of any shape is empty when all of it is closed, in any order', async t => {
  const tracker = new Tracker('tree')
  const tags = [tracker.track('node')]
  for (let at = 0; tags.length < 200; at++) for (let child = 0; child < 1 + at % 3; child++) tags.push(tags[at]!.child('node'))
  const counts: number[] = []
  for (let step = 0; tags.length > 0; step++) {
    counts.push(tracker.snapshot().resources.length - tags.length)
    tags.splice((step * 7919) % tags.length, 1)[0]!.close()
  }
  t.ok(counts.length >= 200 && counts.every(difference => difference === 0))
  t.strictSame(tracker.snapshot().resources, [])
})

t.test('a tag of another tracker is refused as a parent', async t => {
  const [one, two] = [new Tracker('one'), new Tracker('two')]
  t.throws(() => one.track('job', { parent: two.track('job') }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /of the same tracker/ })
})

for (const [what, misuse, code] of [
  ['no name', () => new Tracker(undefined as never), 'ERR_LEAKWATCH_ARGUMENT'],
  ['a misspelt option', () => new Tracker('jobs', { stric: true } as never), 'ERR_LEAKWATCH_OPTION_UNKNOWN'],
  ['a word for a boolean', () => new Tracker('jobs', { strict: 'yes' as never }), 'ERR_LEAKWATCH_OPTION_INVALID'],
] as const) {
  t.test(`a tracker with ${what} is refused`, async t => {
    t.throws(misuse, { name: 'LeakwatchError', code })
  })
}

t.test('tags and trackers need no AsyncHook, no tap and no watch', async t => {
  const program = `const hooks = process.getBuiltinModule('node:async_hooks'), fs = process.getBuiltinModule('node:fs')
    const { openSync } = fs
    let enabled = 0
    hooks.createHook = () => ({ enable() { enabled++; return this }, disable() {} })
    process.getBuiltinModule('node:module').syncBuiltinESMExports()
    const { track, Tracker } = await import(${index})
    const tracker = new Tracker('jobs')
    tracker.track('job')
    track('job').close()
    console.log(tracker.close().leaks.length, enabled, fs.openSync === openSync)`
  const { stdout, stderr } = await runNode({ eval: program, register: false, flags: ['--input-type=module'] })
  t.equal(stdout, '1 0 true\n', stderr)
})

t.test('LEAKWATCH=count counts tags without a stack', async t => {
  const program = `const { track, Tracker } = await import(${index}); const tracker = new Tracker('jobs'); tracker.track('job')
    const { leaks: [{ count, site }] } = tracker.close(); console.log(count, site.frames.length)`
  const { stdout } = await runNode({ eval: program, register: false, flags: ['--input-type=module'], env: { LEAKWATCH: 'count' } })
  t.equal(stdout, '1 0\n')
})
