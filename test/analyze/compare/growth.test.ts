import t from 'tap'
import { growth, hasGrown } from '../../../lib/analyze/compare/growth.ts'
import type { Report } from '../../../lib/model/report.ts'
import { hint } from '../../../lib/report/hints.ts'
import { matches } from '../../support/matches.ts'
import { buildReport } from '../../support/report-builder.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import type { ResourceInput } from '../../support/snapshot-builder.ts'

const kernel = { open: 20, limit: 1024, runtime: 20, accounted: 0 }

/** A report on as many resources as are asked for, at one site unless told otherwise. */
function held(count: number, input: ResourceInput = { at: 'src/a.ts:1:1 in f' }): Report {
  return buildReport({ resources: Array.from({ length: count }, (_, index) => ({ fd: 20 + index, ...input })) }, 'api')
}

function after(counts: readonly number[], input?: ResourceInput): Report {
  return growth(counts.map(count => held(count, input)), hint)
}

t.test('a site with more after every round has grown, and says by how much', async t => {
  const found = after([2, 3, 5, 6])
  matches(t, found.leaks, [{ type: 'fd', count: 6, verdict: 'active', reason: 'Nobody called close(). There were more after every round: 2, 3, 5, 6.' }])
  t.strictSame(schemaFaults(found), [])
  const many = after(Array.from({ length: 51 }, (_, round) => round))
  t.match(many.leaks[0]!.reason, /: 0, 1, 2, 3, 4, 5, 6, 7, 8, \.\.\., 48, 49, 50\.$/)
})

for (const [what, counts] of Object.entries({
  'a pool that fills once': [0, 4, 4, 4],
  'a file that is opened late': [0, 0, 0, 1],
  'a cache that fluctuates': [2, 4, 3, 5],
  'a cache that reaches its bound in the last round': [1, 2, 3, 3],
  'what is closed in the end': [1, 2, 3, 0],
})) t.test(`${what} has not grown`, async t => t.strictSame(after(counts).leaks, []))

t.test('sites are told apart by type and whole init stack', async t => {
  const report = (round: number) => buildReport({
    resources: [
      ...Array.from({ length: round }, (_, index) => ({ fd: 20 + index, at: 'src/a.ts:1:1 < src/b.ts:1:1' })),
      ...Array.from({ length: 9 - round }, (_, index) => ({ fd: 40 + index, at: 'src/a.ts:1:1 < src/c.ts:1:1' })),
      ...Array.from({ length: 4 }, () => ({ type: 'FILEHANDLE', at: 'src/a.ts:1:1 < src/b.ts:1:1' })),
    ],
  })
  matches(t, growth([report(1), report(2), report(3)], hint).leaks, [{ type: 'fd', count: 3, site: { frames: [{}, { file: '/srv/app/src/b.ts' }] } }])
})

t.test('a line that grows in every round has grown, though the way to it is another each time', async t => {
  const report = (...callers: string[]) => buildReport({ resources: callers.map(caller => ({ at: `src/a.ts:1:1 < src/${caller}.ts:1:1` })) })
  const { leaks } = growth([report(), report('b'), report('b', 'c'), report('b', 'c', 'b')], hint)
  matches(t, leaks.map(({ count, reason }) => [count, reason]), [[2, /: 0, 1, 2, 3\.$/], [1, /: 0, 1, 2, 3\.$/]])
})

t.test('what the same line opened once for another is not told with what grows', async t => {
  const report = (count: number) => buildReport({ resources: [{ at: 'src/a.ts:1:1 < src/cache.ts:1:1' }, ...Array.from({ length: count }, () => ({ at: 'src/a.ts:1:1 < src/b.ts:1:1' }))] })
  matches(t, growth([report(0), report(1), report(2)], hint).leaks, [{ count: 2, site: { frames: [{}, { file: '/srv/app/src/b.ts' }] } }])
  t.equal(growth([report(0), report(1), report(2)], hint).leaks.length, 1)
})

t.test('frames of Node at the end of a stack, which differ from round to round, do not tell sites apart', async t => {
  const report = (...ends: string[]) => buildReport({ resources: ends.map(end => ({ at: `src/a.ts:1:1 in f < node:internal/${end}:1:1` })) })
  const { leaks } = growth([report(), report('timers'), report('timers', 'process/task_queues')], hint)
  t.equal(leaks.reduce((sum, { count }) => sum + count, 0), 2)
})

t.test('a cache that was full before, and replaces what it holds, has not grown by the kernel\'s count', async t => {
  const report = (open: number, replaced: number) => buildReport({ kernel: { ...kernel, open, accounted: replaced, unexplained: [] }, resources: Array.from({ length: replaced }, (_, index) => ({ fd: 20 + index, at: 'src/a.ts:1:1' })) })
  t.strictSame(growth([report(90, 0), report(90, 2), report(90, 4)], hint).leaks, [])
  matches(t, growth([report(90, 0), report(92, 2), report(94, 4)], hint).leaks, [{ count: 4 }])
})

t.test('what was recorded and is closed meanwhile acquits nothing of what grows', async t => {
  const report = (idle: number, leaked: number) => buildReport({
    kernel: { ...kernel, open: 20 + idle + leaked, accounted: idle + leaked, unexplained: [] },
    resources: [...Array.from({ length: idle }, (_, index) => ({ fd: 20 + index, at: 'src/idle.ts:1:1' })), ...Array.from({ length: leaked }, (_, index) => ({ fd: 60 + index, at: 'src/a.ts:1:1' }))],
  })
  matches(t, growth([report(10, 0), report(5, 1), report(0, 2)], hint).leaks, [{ count: 2 }])
})

t.test('what the collector took counts on, so that a set of them grows', async t => {
  const report = (open: number, collected: number) => buildReport({
    resources: [
      ...Array.from({ length: open }, () => ({ type: 'FILEHANDLE', at: 'src/a.ts:1:1' })),
      ...Array.from({ length: collected }, () => ({ type: 'FILEHANDLE', at: 'src/a.ts:1:1', collectedMsAgo: 5 })),
    ],
  })
  const { leaks } = growth([report(2, 0), report(1, 2), report(0, 4), report(1, 4)], hint)
  t.strictSame(leaks.map(({ verdict, count }) => [verdict, count]), [['collected', 4], ['active', 1]])
  t.ok(leaks.every(({ reason }) => reason.endsWith('There were more after every round: 2, 3, 4, 5.')))
})

t.test('requests that pile up, and sockets that pile up in a pool, are leaks', async t => {
  matches(t, after([0, 1, 2], { type: 'FSREQCALLBACK', at: 'src/a.ts:1:1' }), { leaks: [{ verdict: 'active', count: 2, reason: /^The operation has not completed\. There were/ }], pending: [] })
  matches(t, after([1, 2, 3], { type: 'TCPWRAP', at: 'src/a.ts:1:1', pool: 'http.Agent' }), { leaks: [{ verdict: 'active', hint: /^Make one agent/ }], pooled: [] })
})

t.test('threads and children that pile up are leaks, though each was let go of', async t => {
  for (const type of ['WORKER', 'PROCESSWRAP']) matches(t, after([1, 2, 3], { type, ref: false, at: 'src/a.ts:1:1' }).leaks, [{ type, count: 3, verdict: 'active' }])
})

t.test('what holds memory alone may pile up until it is collected', async t => {
  t.strictSame(after([0, 1, 2], { type: 'ZLIB', at: 'src/a.ts:1:1' }).leaks, [])
})

t.test('accepted sockets are told apart by their server', async t => {
  const report = (round: number) => buildReport({ resources: Array.from({ length: round }, () => ({ type: 'TCPWRAP', at: 'node:net:1:1', server: { at: 'src/server.ts:1:1' } })) })
  matches(t, growth([report(1), report(2), report(3)], hint).leaks, [{ count: 3, chain: [{ type: 'TCPSERVERWRAP' }] }])
})

t.test('descriptors of which no line is known grow by the kernel\'s list', async t => {
  const report = (...fds: number[]) => buildReport({ kernel: { ...kernel, unexplained: fds.map(fd => ({ fd, target: `/data/${fd}.db` })) } })
  const found = growth([report(20), report(20, 21), report(20, 21, 22)], hint)
  matches(t, found.leaks, [{ type: 'fd', count: 2, site: { user: -1 }, resources: [{ fd: 21, target: '/data/21.db' }, { fd: 22 }], reason: /kernel lists them.*: 1, 2, 3\.$/ }])
  t.strictSame(schemaFaults(found), [])
  t.strictSame(growth([report(20), report(20, 21), report(20, 22)], hint).leaks, [])
})

t.test('an intermediate report is compared with the one before', async t => {
  t.equal(hasGrown(held(2), held(3)), true)
  t.equal(hasGrown(held(3), held(3)), false)
  t.equal(hasGrown(held(3), held(3, { at: 'src/other.ts:1:1' })), true)
  t.equal(hasGrown(buildReport({ kernel: { ...kernel, unexplained: [] } }), buildReport({ kernel: { ...kernel, unexplained: [{ fd: 9, target: null }] } })), true)
})
