import t from 'tap'
import { withoutReplacements } from '../../../lib/analyze/compare/replaced.ts'
import { outsideOf, scopedTo } from '../../../lib/analyze/compare/scoped.ts'
import { buildSnapshot, type ResourceInput } from '../../support/snapshot-builder.ts'

const inTest = { scope: { name: 'a test', ids: [1, 2], judged: null, isAfter: false } }

/** Keys of what is left of what a test opened, by what there was before it and is after it. */
function left(before: readonly ResourceInput[], after: readonly ResourceInput[]): readonly string[] {
  const now = buildSnapshot({ resources: after })
  return withoutReplacements(buildSnapshot({ resources: before }), now, scopedTo(now, 2)).resources.map(({ key }) => key)
}

t.test('what a test opened is left where nothing of before is gone', async t => {
  const old = { key: 'old', at: 'app.js:1:1' }
  t.strictSame(left([], [{ key: 'young', at: 'app.js:1:1', ...inTest }]), ['young'])
  t.strictSame(left([old], [old, { key: 'young', at: 'app.js:1:1', ...inTest }]), ['young'])
})

t.test('what was opened anew at the line of one that is gone replaces it, each one of them', async t => {
  const at = { type: 'Timeout', at: 'app.js:1:1' }
  t.strictSame(left([{ key: 'old', ...at }], [{ key: 'young', ...at, ...inTest }]), [])
  t.strictSame(left([{ key: 'old', ...at }], [{ key: 'young', ...at, ...inTest }, { key: 'other', ...at, ...inTest }]), ['other'])
})

t.test('what leads to the same thing replaces it, from whichever port', async t => {
  const old = { key: 'old', type: 'TCPWRAP', at: 'app.js:1:1', target: '127.0.0.1:40000 -> 127.0.0.1:5432' }
  const young = { key: 'young', type: 'TCPWRAP', at: 'pool.js:9:9', ...inTest }
  t.strictSame(left([old], [{ ...young, target: '127.0.0.1:50000 -> 127.0.0.1:5432' }]), [])
  t.strictSame(left([old], [{ ...young, target: '127.0.0.1:50000 -> 127.0.0.1:6379' }]), ['young'])
})

t.test('what was opened at the line replaces it, rather than what leads to the same thing beside it', async t => {
  const old = { key: 'old', at: 'shared.js:1:1', target: '/var/log/app.log' }
  const [leak, young] = [{ ...old, key: 'leak', at: 'a.test.js:9:9', ...inTest }, { ...old, key: 'young', ...inTest }]
  t.strictSame(left([old], [leak, young]), ['leak'])
  t.strictSame(left([old], [young, leak]), ['leak'])
  t.strictSame(left([old, { ...old, key: 'older', at: 'other.js:2:2' }], [leak, young]), [], 'as many as are gone')
})

t.test('another type at the same line replaces nothing', async t => {
  t.strictSame(left([{ key: 'old', type: 'Timeout', at: 'app.js:1:1' }], [{ key: 'young', type: 'fd', at: 'app.js:1:1', ...inTest }]), ['young'])
})

t.test('what was opened in other scopes is left out, and what was opened in none is not', async t => {
  const snapshot = buildSnapshot({ resources: [{ key: 'none' }, { key: 'within', ...inTest }, { key: 'other', scope: { name: 'b', ids: [3], judged: null, isAfter: false } }] })
  t.strictSame(outsideOf(snapshot, new Set([1])).resources.map(({ key }) => key), ['none', 'other'])
  t.equal(outsideOf(snapshot, new Set()), snapshot)
})
