import t from 'tap'
import { isOfProgram, originOf } from '../../lib/analyze/blame.ts'
import { buildSnapshot } from '../support/snapshot-builder.ts'
import type { ResourceInput } from '../support/snapshot-builder.ts'

const internal = 'node:internal/modules/esm/load:44:1 in getSource < node:internal/process/task_queues:95:5'

function blame(input: ResourceInput, mode: 'count' | 'adaptive' | 'full' = 'full') {
  const snapshot = buildSnapshot({ mode, resources: [input] })
  const [resource] = snapshot.resources
  const origin = snapshot.sites[originOf(resource!, snapshot)]
  return { line: origin?.frames[origin.user]?.line ?? null, blamed: isOfProgram(resource!, snapshot) }
}

t.test('the line of the program on the init stack answers for a resource', async t => {
  t.strictSame(blame({ at: 'node:fs:10:1 in open < src/a.ts:3:1' }), { line: 3, blamed: true })
})

t.test('what was opened without a line of the program is not blamed on it', async t => {
  t.strictSame(blame({ at: internal }), { line: null, blamed: false })
  t.strictSame(blame({}), { line: null, blamed: false })
})

t.test('the listening line answers for an accepted socket', async t => {
  const at = 'node:net:2000:1 in onconnection'
  t.strictSame(blame({ type: 'TCPWRAP', at, server: { at: 'src/server.ts:8:3' } }), { line: 8, blamed: true })
  t.strictSame(blame({ type: 'TCPWRAP', server: { at: 'src/server.ts:8:3' } }), { line: 8, blamed: true })
})

t.test('a socket that a server of Node itself accepted is not blamed on the program', async t => {
  t.strictSame(blame({ type: 'TCPWRAP', at: internal, server: { at: internal } }), { line: null, blamed: false })
})

t.test('a resolver that the program made is its own, and the one that Node makes for the first connect is not', async t => {
  const made = 'node:internal/dns/utils:93:20 < node:internal/dns/utils:88:28 in new ResolverBase'
  t.strictSame(blame({ type: 'DNSCHANNEL', at: `${made} < src/a.ts:3:1` }), { line: 3, blamed: true })
  t.strictSame(blame({ type: 'DNSCHANNEL', at: `${made} < node:dns:361:1 < node:net:1300:9 < src/a.ts:3:1` }), { line: 3, blamed: false })
})

t.test('a timer that is set through a spy is the program\'s, and one that Node sets in a call is not', async t => {
  t.strictSame(blame({ type: 'Timeout', at: 'node:timers:146:19 in setTimeout < node_modules/sinon/lib/proxy.js:9:1 < src/a.ts:3:1' }), { line: 3, blamed: true })
  t.strictSame(blame({ type: 'Timeout', at: 'node:timers:146:19 in setTimeout < node:net:9:1 < node_modules/sinon/lib/proxy.js:9:1 < src/a.ts:3:1' }), { line: 3, blamed: false })
})

t.test('a timer that Node sets for the program, having been given the function, is the program\'s', async t => {
  for (const through of ['node:internal/test_runner/mock/mock:9:1', 'node:async_hooks:9:1 in runInAsyncScope', 'node:internal/util:9:1 in deprecated']) {
    t.strictSame(blame({ type: 'Timeout', at: `node:timers:146:19 in setTimeout < ${through} < src/a.ts:3:1` }), { line: 3, blamed: true }, through)
  }
})

t.test('a snapshot that only counts blames the program without a line', async t => {
  t.strictSame(blame({}, 'count'), { line: null, blamed: true })
})

t.test('what has no stack since its own was skipped is the program\'s, but for what Node makes in passing', async t => {
  t.strictSame(blame({ isCounted: true }, 'adaptive'), { line: null, blamed: true })
  t.strictSame(blame({ type: 'TCPWRAP', isCounted: true }, 'adaptive'), { line: null, blamed: true })
  t.strictSame(blame({ type: 'TCPWRAP' }, 'adaptive'), { line: null, blamed: false })
  for (const type of ['Timeout', 'MESSAGEPORT', 'DNSCHANNEL']) {
    t.strictSame(blame({ type, isCounted: true }, 'adaptive'), { line: null, blamed: false })
    t.strictSame(blame({ type, isCounted: true }), { line: null, blamed: true })
  }
})

t.test('a Worker that Node starts inside a call of the program is not blamed on it', async t => {
  const started = 'node:internal/worker:215:19 in new Worker'
  t.match(blame({ type: 'WORKER', at: `${started} < src/a.ts:3:1` }), { blamed: true })
  t.match(blame({ type: 'WORKER', at: `${started} < node:internal/modules/esm/hooks:572:21 in new HooksProxy < src/a.ts:3:1` }), { blamed: false })
})
