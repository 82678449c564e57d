import t from 'tap'
import { Judging } from '../../../lib/adapters/watching/judging.ts'
import { resolve } from '../../../lib/model/settings/options.ts'
import type { Snapshot } from '../../../lib/model/snapshot.ts'
import { resolveTests } from '../../../lib/session/tests/settings.ts'
import { buildSnapshot } from '../../support/snapshot-builder.ts'

t.test('what goes on in a test that has failed for another reason is not told of its file', async t => {
  let open: Snapshot = buildSnapshot()
  const look = () => open
  const settings = { settings: resolve({ settleMs: 0 }), tests: resolveTests({}), own: [] }
  const judging = new Judging({ settings, allowed: [], recording: { glance: look, snapshot: look, isLoading: () => false }, firstScope: 1, files: null, isPartial: false }, null)
  const leftBy = (id: number) => buildSnapshot({ resources: [{ at: 'a.test.js:1:1', scope: { ids: [id], name: `test ${id}`, judged: id, isAfter: true } }] })
  judging.forgive({ id: 5, before: null, beganAtMs: 0, allowed: [] })
  open = leftBy(5)
  t.equal(judging.judgeFileNow(), null)
  t.equal(await judging.judgeFile(), null)
  open = leftBy(6)
  t.match(judging.judgeFileNow()?.message, "in scope 'test 6'")
})
