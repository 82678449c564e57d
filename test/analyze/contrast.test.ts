import t from 'tap'
import { judge } from '../../lib/analyze/judge.ts'
import type { Snapshot } from '../../lib/model/snapshot.ts'
import { buildSite, buildSnapshot, takenAtMs } from '../support/snapshot-builder.ts'

/** Appends sites, and says how many of what was opened at one of them were closed at the others. */
function contrastOf(snapshot: Snapshot, ended: readonly (readonly [type: string, opening: string, count: number, closer: string | null])[]) {
  const sites = [...snapshot.sites]
  const add = (stack: string) => sites.push(buildSite(stack)) - 1
  const bySite = ended.map(([type, opening, count, closer]) => ({
    type, site: add(opening), closed: count, closers: [{ site: closer === null ? -1 : add(closer), count }],
  }))
  const report = judge({ ...snapshot, sites, endings: { isExact: true, bySite } }, { since: null, reason: 'api', generatedAtMs: takenAtMs })
  const { contrast } = report.leaks[0]!
  return contrast === null ? null : { ...contrast, closers: contrast.closers.map(({ count, site }) => [count, site?.frames[0]?.line ?? null]) }
}

const held = { type: 'fd', at: 'pool.js:88:5 in acquire < app.js:3:1' }

t.test('a leak is held against what the same line opened, whoever called it, and closed', async t => {
  const snapshot = buildSnapshot({ resources: [held, held, held] })
  t.strictSame(contrastOf(snapshot, [['fd', 'pool.js:88:5 in acquire < other.js:9:1', 41, 'pool.js:95:3 in release']]), {
    opened: 44, closed: 41, open: 3, isExact: true, closers: [[41, 95]],
  })
})

t.test('what a package opened for other lines of the application is no contrast', async t => {
  const snapshot = buildSnapshot({ resources: [{ ...held, at: 'node_modules/pool/index.js:88:5 in acquire < app.js:3:1' }] })
  const ended = (caller: string) => contrastOf(snapshot, [['fd', `node_modules/pool/index.js:88:5 in acquire < ${caller}`, 41, 'pool.js:95:3 in release']])
  t.equal(ended('other.js:9:1'), null)
  t.equal(ended('app.js:3:1 < main.js:1:1')?.closed, 41)
})

t.test('what a package opened in callbacks is one line, whether a caller from before them is known or not', async t => {
  const own = 'node_modules/pool/index.js:88:5 in acquire'
  const snapshot = buildSnapshot({ resources: [{ ...held, at: own }] })
  t.equal(contrastOf(snapshot, [['fd', `${own} << app.js:3:1`, 41, 'pool.js:95:3 in release']])?.closed, 41)
})

t.test('closers are told by line, the commonest first; one that is not known has no line', async t => {
  const opening = 'pool.js:88:5 in acquire < other.js:9:1'
  const found = contrastOf(buildSnapshot({ resources: [held] }), [
    ['fd', opening, 1, 'a.js:1:1 < x.js:1:1'], ['fd', opening, 2, null], ['fd', `${opening} < z.js:1:1`, 4, 'a.js:1:1 < y.js:1:1'],
  ])
  t.strictSame(found?.closers, [[5, 1], [2, null]])
  t.equal(found?.closed, 7)
})

t.test('other types and other lines are no contrast', async t => {
  const snapshot = buildSnapshot({ resources: [held] })
  t.equal(contrastOf(snapshot, [['TCPWRAP', held.at, 1, 'a.js:1:1'], ['fd', 'pool.js:89:5 in acquire < app.js:3:1', 1, 'a.js:1:1']]), null)
  t.equal(contrastOf(snapshot, []), null)
})
