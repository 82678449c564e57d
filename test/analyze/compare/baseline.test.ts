import t from 'tap'
import { type BaselineEntry, type Bearings, entriesOf, heldAgainst, updated } from '../../../lib/analyze/compare/baseline.ts'
import type { Report } from '../../../lib/model/report.ts'
import { matches } from '../../support/matches.ts'
import { buildReport } from '../../support/report-builder.ts'
import { schemaFaults } from '../../support/report-schema.ts'

const directory = '/srv/app'
const types: ReadonlySet<string> = new Set(['fd'])

function leaking(...files: string[]): Report {
  return buildReport({ resources: files.map((file, index) => ({ fd: 20 + index, at: `src/${file}.ts:1:1 in open` })) })
}

function entry(file: string, facts: Partial<BaselineEntry> = {}): BaselineEntry {
  return { ...entriesOf(leaking(file), directory)[0]!, reason: 'borne', firstSeen: '2026-01-01', programs: ['a.js'], ...facts }
}

function held(report: Report, entries: readonly BaselineEntry[], bearings: Partial<Bearings> = {}) {
  const found = heldAgainst(report, { entries, file: 'leakwatch-baseline.json', directory, over: ['a.js'], types, ended: new Set(), isProcess: true, met: new Set(), earlier: new Map(), ...bearings })
  t.strictSame(schemaFaults(found), [])
  return { leaks: found.leaks.length, known: found.known, states: found.baseline!.entries.map(({ state, site, count, borne }) => `${state} ${site} ${count}/${borne}`), reasons: found.leaks.map(({ reason }) => reason) }
}

t.test('what is borne is known, with its reason, and what is not on file is new', async t => {
  const { leaks, known, states } = held(leaking('a', 'b'), [entry('a')])
  t.equal(leaks, 1)
  matches(t, known, [{ reason: 'borne', type: 'fd', count: 1 }])
  t.strictSame(states, ['new src/b.ts in open 1/0', 'known src/a.ts in open 1/1'])
})

t.test('more than is borne has grown, and all of it is a leak', async t => {
  const { leaks, known, states, reasons } = held(leaking('a', 'a', 'a'), [entry('a', { count: 2 })])
  t.equal(leaks, 1)
  t.strictSame(known, [])
  t.strictSame(states, ['grown src/a.ts in open 3/2'])
  matches(t, reasons, [/ More than the 2 that the baseline bears\.$/])
})

t.test('what earlier reports told of counts, where each leak is told of once', async t => {
  const earlier = new Map([[entry('a').fingerprint, 1]])
  t.strictSame(held(leaking('a'), [entry('a', { count: 1 })], { earlier }).states, ['grown src/a.ts in open 2/1'])
  t.strictSame(held(leaking('a'), [entry('a', { count: 2 })], { earlier }).states, ['known src/a.ts in open 2/2'])
})

t.test('less than is borne is known', async t => t.strictSame(held(leaking('a'), [entry('a', { count: 5 })]).states, ['known src/a.ts in open 1/5']))

t.test('groups of one fingerprint count together', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1 in open' }, { fd: 21, at: 'src/a.ts:2:1 in open' }] })
  t.equal(report.leaks.length, 2)
  t.strictSame(held(report, [entry('a', { count: 1 })]).states, ['grown src/a.ts in open 2/1'])
  t.equal(held(report, [entry('a', { count: 2 })]).known.length, 2)
})

t.test('it is borne on its last day, and has expired on the next', async t => {
  t.strictSame(held(leaking('a'), [entry('a', { until: '2026-03-01' })]).states, ['known src/a.ts in open 1/1'])
  const { leaks, states, reasons } = held(leaking('a'), [entry('a', { until: '2026-02-28' })])
  t.equal(leaks, 1)
  t.strictSame(states, ['expired src/a.ts in open 1/1'])
  matches(t, reasons, [/ The baseline bore it until 2026-02-28\.$/])
})

t.test('what is on file and was not met is fixed, where the program is one of its own and was seen whole', async t => {
  const none = buildReport({})
  t.strictSame(held(none, [entry('a')]).states, ['fixed src/a.ts in open 0/1'])
  t.strictSame(held(none, [entry('a', { programs: ['b.js'] })]).states, [])
  t.strictSame(held(none, [entry('a', { programs: [] })]).states, ['fixed src/a.ts in open 0/1'])
  t.strictSame(held(none, [entry('a')], { over: [] }).states, [])
  t.strictSame(held(none, [entry('a')], { met: new Set([entry('a').fingerprint]) }).states, [])
})

t.test('what several programs have is fixed when each of them is over, in a process that runs them all', async t => {
  const none = buildReport({})
  const both = [entry('a', { programs: ['a.js', 'b.js'] })]
  t.strictSame(held(none, both).states, [])
  t.strictSame(held(none, both, { ended: new Set(['b.js']) }).states, ['fixed src/a.ts in open 0/1'])
  t.strictSame(held(none, both, { over: ['a.js', 'b.js'] }).states, ['fixed src/a.ts in open 0/1'])
  t.strictSame(held(none, both, { over: ['c.js'], ended: new Set(['a.js', 'b.js']) }).states, [], 'and is told once')
  t.strictSame(held(none, [entry('a', { programs: [] })], { isProcess: false }).states, [])
})

t.test('a site is named without line or machine, and by its package where it lies in one', async t => {
  const siteOf = (at: string) => entriesOf(buildReport({ resources: [{ fd: 20, at }] }), directory)[0]!.site
  t.equal(siteOf('src/a.ts:88:17 in acquire'), 'src/a.ts in acquire')
  t.equal(siteOf('node_modules/multer/disk.js:1:1 in x < src/b.ts:2:2 in upload'), 'multer, from src/b.ts in upload')
  t.equal(siteOf('/opt/deep/elsewhere/of/all/x.js:1:1'), 'x.js')
})

const update = { began: [], found: [], program: 'a.js', isAll: true, isProcess: true, types }
const found = (file: string, count = 1): BaselineEntry => ({ ...entriesOf(leaking(file), directory)[0]!, count })

t.test('an update adds what is new, sorted', async t => {
  const entries = updated([entry('m')], { ...update, found: [found('z'), found('a'), found('m')] })
  matches(t, entries, [{ site: 'src/a.ts in open', programs: ['a.js'], firstSeen: '2026-03-01', reason: /nobody has said yet/ }, { site: 'src/m.ts in open', reason: 'borne', firstSeen: '2026-01-01' }, { site: 'src/z.ts in open' }])
})

t.test('an update removes what is fixed, lowers and raises counts, and keeps reasons', async t => {
  const entries = updated([entry('a'), entry('b', { count: 5 }), entry('c', { until: '2027-01-01' })], { ...update, found: [found('b', 2), found('c', 3)] })
  matches(t, entries, [{ site: 'src/b.ts in open', count: 2, reason: 'borne' }, { site: 'src/c.ts in open', count: 3, until: '2027-01-01' }])
  t.equal(entries.length, 2)
})

t.test('what other programs have stays, until none has it any more', async t => {
  const both = entry('a', { programs: ['a.js', 'b.js'], count: 4 })
  const [left] = updated([both], update)
  matches(t, left, { programs: ['b.js'], count: 4 })
  t.strictSame(updated([left!], { ...update, program: 'b.js' }), [])
  t.strictSame(updated([both], { ...update, program: 'c.js' }), [both])
  matches(t, updated([both], { ...update, found: [found('a', 1)] }), [{ programs: ['a.js', 'b.js'], count: 4 }])
})

t.test('what is on file for no program goes with a process that does not meet it, and not with a file of tests', async t => {
  const any = entry('a', { programs: [] })
  t.strictSame(updated([any], update), [])
  t.strictSame(updated([any], { ...update, isProcess: false }), [any])
})

t.test('who has not seen all takes nothing out, and puts back what another took out that it has met', async t => {
  const began = [entry('a'), entry('b', { count: 5, reason: 'of old' }), entry('c')]
  const current = [entry('a'), entry('d')]
  const entries = updated(current, { began, found: [found('b', 2)], program: 'a.js', isAll: false, isProcess: true, types })
  matches(t, entries, [{ site: 'src/a.ts in open' }, { site: 'src/b.ts in open', reason: 'of old', count: 5 }, { site: 'src/d.ts in open' }])
})

t.test('of types that were not recorded nothing is known to be fixed; kinds of tags are where tags are', async t => {
  const [fd, job] = [entry('a'), entry('b', { type: 'job' })]
  for (const [others, states, left] of [[new Set(['TCPWRAP', 'tracked']), ['fixed src/b.ts in open 0/1'], [fd]], [new Set(['TCPWRAP']), [], [fd, job]]] as const) {
    t.strictSame(held(leaking(), [fd, job], { types: others }).states, states)
    t.strictSame(updated([fd, job], { ...update, types: others }), left)
  }
})
