import t from 'tap'
import { judge } from '../../lib/analyze/judge.ts'
import { plainPolicy } from '../../lib/model/matcher.ts'
import type { Snapshot } from '../../lib/model/snapshot.ts'
import { hint } from '../../lib/report/hints.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { buildSnapshot, takenAtMs } from '../support/snapshot-builder.ts'
import type { SnapshotInput } from '../support/snapshot-builder.ts'

const at = 'src/a.ts:1:1 in f'
const everything: SnapshotInput = {
  resources: [
    { at, fd: 20, target: '/var/log/a.log' },
    { type: 'FILEHANDLE', at, collectedMsAgo: 10 },
    { type: 'FSREQCALLBACK', at: 'src/a.ts:2:1' },
    { type: 'TCPWRAP', at: 'src/a.ts:3:1', pool: 'http.Agent', ref: false },
    { type: 'TCPWRAP', at: 'node:net:1:1', server: { at: 'src/a.ts:4:1' } },
    { type: 'PIPEWRAP', at: 'node:net:1:1 in Socket' },
  ],
  closing: [{ type: 'UDPWRAP', at, key: 'closing' }],
  faults: [{ where: 'table', message: 'full' }],
  complete: false,
  dropped: 3,
  sampled: { captured: 7, skipped: 2 },
  kernel: { open: 23, limit: 1024, runtime: 20, accounted: 2, unexplained: [{ fd: 22, target: '/dev/null' }] },
}

function report(after: Snapshot, since: Snapshot | null = null) {
  return judge(after, { since, reason: 'api', generatedAtMs: takenAtMs + 5, hint })
}

t.test('each verdict has its list, and what is closing or of Node itself is in none', async t => {
  const { leaks, pending, pooled, known } = report(buildSnapshot(everything))
  const lists = [leaks, pending, pooled, known].map(groups => groups.map(({ type, verdict }) => `${verdict} ${type}`))
  t.strictSame(lists, [['active fd', 'collected FILEHANDLE', 'active TCPWRAP'], ['pending FSREQCALLBACK'], ['pooled TCPWRAP'], []])
})

t.test('faults, losses, process and kernel are passed on as they are', async t => {
  const after = buildSnapshot(everything)
  const { leaks, pending, pooled, alive, ...facts } = report(after)
  t.strictSame(facts, {
    schema: 'leakwatch-report/1',
    baseline: null,
    reason: 'api',
    generatedAt: '2026-03-01T12:00:00.005Z',
    process: after.process,
    complete: false,
    faults: [{ where: 'table', message: 'full' }],
    dropped: 3,
    sampled: { captured: 7, skipped: 2 },
    known: [],
    matchers: [],
    misuses: [],
    kernel: { open: 23, limit: 1024, runtime: 20, accounted: 2, unexplained: [{ fd: 22, target: '/dev/null' }] },
  })
})

t.test('since an earlier snapshot, survivors alone are judged', async t => {
  const before = buildSnapshot({ resources: [{ at, key: 'a' }, { at, key: 'b' }] })
  const after = buildSnapshot({ resources: [{ at, key: 'b' }, { at, key: 'c', fd: 31 }] })
  t.strictSame(report(after, before).leaks.map(({ resources }) => resources.map(({ fd }) => fd)), [[31]])
  t.equal(report(after).leaks[0]!.count, 2)
  t.strictSame(report(after, after).leaks, [])
})

t.test('since an earlier snapshot, the stacks that were captured and skipped since then are told', async t => {
  const [before, after] = [{ captured: 7, skipped: 20 }, { captured: 9, skipped: 20 }].map(sampled => buildSnapshot({ sampled }))
  t.strictSame(report(after!, before!).sampled, { captured: 2, skipped: 0 })
})

t.test('a descriptor that was closed again is in no list', async t => {
  const { leaks, pending, pooled } = report(buildSnapshot({ resources: [] }))
  t.strictSame([leaks, pending, pooled], [[], [], []])
})

t.test('what is listed as open and as closing is in no list', async t => {
  const { leaks } = report(buildSnapshot({ resources: [{ at, key: 'a' }], closing: [{ at, key: 'a' }] }))
  t.strictSame(leaks, [])
})

t.test('a snapshot that went through a file gives the same report', async t => {
  const before = buildSnapshot({ resources: [{ at, fd: 20 }] })
  for (const input of [everything, { ...everything, mode: 'count' as const }]) {
    const after = buildSnapshot(input)
    const saved = JSON.parse(JSON.stringify(after)) as Snapshot
    t.strictSame(report(saved), report(after))
    t.strictSame(report(saved, JSON.parse(JSON.stringify(before)) as Snapshot), report(after, before))
  }
})

t.test('a snapshot is left as it was', async t => {
  const after = buildSnapshot(everything)
  const copy = structuredClone(after)
  report(after)
  t.strictSame(after, copy)
})

t.test('every report keeps to the schema', async t => {
  for (const input of [everything, {}, { ...everything, mode: 'count' as const }]) t.strictSame(schemaFaults(report(buildSnapshot(input))), [])
  const valid = report(buildSnapshot(everything))
  t.strictSame(schemaFaults({ ...valid, extra: 1 }), [' must NOT have additional properties'])
  t.strictSame(schemaFaults({ ...valid, leaks: valid.pending }), ['/leaks/0/verdict must be equal to one of the allowed values'])
})

t.test('hints are those that are handed in, none by default', async t => {
  const after = buildSnapshot({ resources: [{ at }] })
  t.equal(report(after).leaks[0]!.hint, hint({ type: 'fd', verdict: 'active' }))
  t.equal(judge(after, { since: null, reason: 'exit', generatedAtMs: 0 }).leaks[0]!.hint, '')
})

t.test('where no stacks are kept, as many files as requests are in flight are theirs, the newest', async t => {
  const file = { type: 'FILEHANDLE' }
  const counted = (requests: number) => {
    const found = report(buildSnapshot({ mode: 'count', resources: [{ ...file, openedMsAgo: 9, fd: 1 }, { ...file, openedMsAgo: 7, fd: 2 }, { ...file, openedMsAgo: 8, fd: 3 }, ...Array.from({ length: requests }, () => ({ type: 'FSREQPROMISE' }))] }))
    return found.leaks.flatMap(({ resources }) => resources.map(({ fd }) => fd))
  }
  t.strictSame(counted(0), [1, 3, 2])
  t.strictSame(counted(2), [1])
  t.strictSame(counted(9), [])
})

t.test('a request in flight is a leak from pendingAfterMs on, and a timer never', async t => {
  const after = buildSnapshot({ resources: [
    { type: 'FSREQCALLBACK', at, openedMsAgo: 5_000 }, { type: 'TCPCONNECTWRAP', at, openedMsAgo: 999 }, { type: 'Timeout', recurring: false, at, openedMsAgo: 5_000 },
  ] })
  const judged = (pendingAfterMs: number | null) => {
    const { leaks, pending } = judge(after, { since: null, reason: 'api', generatedAtMs: takenAtMs, policy: { ...plainPolicy, pendingAfterMs } })
    return [leaks, pending].map(groups => groups.map(({ type, verdict, reason }) => `${type} ${verdict} ${reason}`).toSorted())
  }
  const [leaks, pending] = judged(1_000)
  t.strictSame(leaks, ['FSREQCALLBACK active The operation has not completed in its time.'])
  t.strictSame(pending, ['TCPCONNECTWRAP pending The operation has not completed.', 'Timeout pending It has not fired yet.'])
  t.strictSame(judged(null)[0], [])
  t.strictSame(judged(5_000)[0], [])
})
