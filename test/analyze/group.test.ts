import t from 'tap'
import { classify } from '../../lib/analyze/classify.ts'
import { group } from '../../lib/analyze/group.ts'
import { emptySite } from '../../lib/model/site.ts'
import type { ReportedVerdict } from '../../lib/model/verdict.ts'
import { buildSnapshot } from '../support/snapshot-builder.ts'
import type { ResourceInput } from '../support/snapshot-builder.ts'

function groupsOf(resources: readonly ResourceInput[], mode: 'count' | 'full' = 'full') {
  const snapshot = buildSnapshot({ mode, resources })
  const judged = snapshot.resources.map(resource => ({ resource, verdict: classify(resource, { closing: false, isLate: false, isTest: false, site: emptySite }) as ReportedVerdict }))
  return group(judged, snapshot, ({ type, verdict }) => `${verdict} ${type}`)
}

const shape = (resources: readonly ResourceInput[], mode?: 'count' | 'full') =>
  groupsOf(resources, mode).map(({ type, verdict, count, site }) => `${count} ${verdict} ${type} @${site.frames[site.user]?.line}`)

t.test('resources of one verdict, type and init stack make a group', async t => {
  const at = 'src/a.ts:1:1'
  t.strictSame(shape([{ at }, { at }, { type: 'FILEHANDLE', at }, { at: 'src/a.ts:2:1' }, { at }]), ['3 active fd @1', '1 active FILEHANDLE @1', '1 active fd @2'])
  t.strictSame(shape([{ type: 'FILEHANDLE', at }, { type: 'FILEHANDLE', at, collectedMsAgo: 1 }]), ['1 active FILEHANDLE @1', '1 collected FILEHANDLE @1'])
})

t.test('stacks that differ in a caller alone are groups of their own', async t => {
  t.strictSame(shape([{ at: 'src/a.ts:1:1 < src/b.ts:2:2' }, { at: 'src/a.ts:1:1 < src/b.ts:3:3' }]), ['1 active fd @1', '1 active fd @1'])
})

t.test('the largest group comes first, the one opened first among equals', async t => {
  const groups = shape([
    { at: 'src/a.ts:1:1', openedMsAgo: 10 },
    { at: 'src/a.ts:2:1', openedMsAgo: 90 },
    { at: 'src/a.ts:3:1', openedMsAgo: 5 },
    { at: 'src/a.ts:3:1', openedMsAgo: 5 },
  ])
  t.strictSame(groups, ['2 active fd @3', '1 active fd @2', '1 active fd @1'])
})

t.test('the fifty oldest resources are described and all are counted', async t => {
  const [only] = groupsOf(Array.from({ length: 1021 }, (_, index) => ({ at: 'src/a.ts:1:1', fd: index, openedMsAgo: index })))
  t.equal(only!.count, 1021)
  t.equal(only!.resources.length, 50)
  t.strictSame(only!.resources.map(({ fd }) => fd), Array.from({ length: 50 }, (_, index) => 1020 - index))
})

t.test('a resource is described with its identity, target, opening and age', async t => {
  const [{ resources, reason, hint, kind }] = groupsOf([{ type: 'UDPWRAP', at: 'src/a.ts:1:1', fd: 19, target: '0.0.0.0:53', ref: true, openedMsAgo: 1500 }]) as any
  t.strictSame(resources, [{ asyncId: 10, triggerAsyncId: 1, fd: 19, target: '0.0.0.0:53', name: null, scope: null, isAfterScope: false, ref: true, openedAt: '2026-03-01T11:59:58.500Z', ageMs: 1500 }])
  t.match(reason, 'Nobody called close()')
  t.equal(hint, 'active UDPWRAP')
  t.equal(kind, 'async')
})

t.test('a clock that was set back makes no negative age', async t => {
  t.equal(groupsOf([{ at: 'src/a.ts:1:1', openedMsAgo: -5000 }])[0]!.resources[0]!.ageMs, 0)
})

t.test('accepted sockets are grouped by the listening line, apart from what that line opened itself', async t => {
  const [at, other] = ['src/server.ts:8:3', 'src/server.ts:9:3']
  const socket = (line: string, asyncId: number): ResourceInput => ({ type: 'TCPWRAP', at: 'node:net:2:2', server: { at: line, asyncId } })
  const groups = groupsOf([socket(at, 5), socket(at, 6), socket(other, 7), { type: 'TCPSERVERWRAP', at }])
  t.strictSame(groups.map(({ type, count, site, chain }) => [type, count, site.frames[site.user]!.line, chain.length]), [
    ['TCPWRAP', 2, 8, 1], ['TCPWRAP', 1, 9, 1], ['TCPSERVERWRAP', 1, 8, 0],
  ])
  t.equal(groups[0]!.chain[0]!.type, 'TCPSERVERWRAP')
  t.equal(groups[0]!.chain[0]!.site.frames[0]!.line, 8)
})

t.test('idle sockets are grouped by their pool', async t => {
  const at = 'src/a.ts:1:1'
  t.strictSame(groupsOf([{ type: 'TCPWRAP', at, pool: 'fetch' }, { type: 'TCPWRAP', at, pool: 'http.Agent' }]).map(({ reason }) => reason), [
    'Idle in the pool of fetch, kept for the next request.',
    'Idle in the pool of http.Agent, kept for the next request.',
  ])
})

t.test('a snapshot that only counts makes a group for each type, without frames', async t => {
  const groups = groupsOf([{ type: 'fd' }, { type: 'TCPWRAP' }, { type: 'fd' }], 'count')
  t.strictSame(groups.map(({ type, count, site }) => [type, count, site.frames.length, site.user]), [['fd', 2, 0, -1], ['TCPWRAP', 1, 0, -1]])
})
