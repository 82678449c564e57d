import t from 'tap'
import { Judging } from '../../../lib/adapters/watching/judging.ts'
import { resolve } from '../../../lib/model/settings/options.ts'
import type { Snapshot } from '../../../lib/model/snapshot.ts'
import { resolveTests } from '../../../lib/session/tests/settings.ts'
import { buildSnapshot } from '../../support/snapshot-builder.ts'

const settings = { settings: resolve({ settleMs: 0 }), tests: resolveTests({}), own: [] }

function judgingOf(look: () => Snapshot, own: readonly string[] = []): Judging {
  return new Judging({ settings: { ...settings, own }, allowed: [], recording: { glance: look, snapshot: look, isLoading: () => false }, firstScope: 1, files: null, isPartial: false }, null)
}

t.test('what goes on in a test that has failed for another reason is not told of its file', async t => {
  let open: Snapshot = buildSnapshot()
  const judging = judgingOf(() => open)
  const leftBy = (id: number) => buildSnapshot({ resources: [{ at: 'a.test.js:1:1', scope: { ids: [id], name: `test ${id}`, judged: id, isAfter: true } }] })
  judging.forgive({ id: 5, before: null, beganAtMs: 0, allowed: [] })
  open = leftBy(5)
  t.equal(judging.judgeFileNow(), null)
  t.equal(await judging.judgeFile(), null)
  open = leftBy(6)
  t.match(judging.judgeFileNow()?.message, "in scope 'test 6'")
})

t.test('what took the place of what was told of a test is not told again of its file', async t => {
  const timer = (asyncId: number, test: number) => ({
    type: 'Timeout', kind: 'async', key: `Timeout#${asyncId}`, asyncId, at: 'a.test.js:1:1',
    scope: { ids: [test], name: `test ${test}`, judged: test, isAfter: asyncId > 10 },
  } as const)
  let open: Snapshot = buildSnapshot({ resources: [timer(1, 5)] })
  const judging = judgingOf(() => open)
  t.match((await judging.judge({ id: 5, before: null, beganAtMs: 0, allowed: [] }))?.message, "in scope 'test 5'")

  open = buildSnapshot({ resources: [timer(11, 5)] })
  t.equal(judging.judgeFileNow(), null, 'the one after it')
  open = buildSnapshot({ resources: [timer(11, 5), timer(12, 5)] })
  t.match(judging.judgeFileNow()?.message, '1 leak', 'one more than was told')
  open = buildSnapshot({ resources: [timer(1, 5), timer(12, 5)] })
  t.match(judging.judgeFileNow()?.message, '1 leak', 'beside the one that was told')
  open = buildSnapshot({ resources: [timer(13, 6)] })
  t.match(judging.judgeFileNow()?.message, "in scope 'test 6'", 'of another test')
})

t.test('what a runner opens through the window of its environment is its own', async t => {
  const at = '/app/node_modules/jsdom/lib/jsdom/browser/Window.js:1:1 < /app/node_modules/@vitest/runner/dist/index.js:1:1'
  const open = buildSnapshot({ resources: [{ type: 'Timeout', kind: 'async', key: 'Timeout#1', at }, { type: 'Timeout', kind: 'async', key: 'Timeout#2', at: `/app/node_modules/jsdom/lib/jsdom/browser/Window.js:1:1 < a.test.js:2:1` }] })
  const judging = judgingOf(() => open, ['@vitest/'])
  t.match(judging.judgeFileNow()?.message, /^leakwatch: 1 leak from 1 line.*\n\n1 timer set at a\.test\.js:2:1/)
})
