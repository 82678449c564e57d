import t from 'tap'
import { diff } from '../../../lib/analyze/compare/diff.ts'
import type { Snapshot } from '../../../lib/model/snapshot.ts'
import { buildSnapshot } from '../../support/snapshot-builder.ts'

const keys = (resources: readonly { readonly key: string }[]) => resources.map(({ key }) => key)

t.test('each resource is a survivor, gone or kept by its key', async t => {
  const before = buildSnapshot({ resources: [{ key: 'a' }, { key: 'b' }] })
  const after = buildSnapshot({ resources: [{ key: 'b', fd: 7 }, { key: 'c' }, { key: 'd' }] })
  const { survivors, gone, kept } = diff(before, after)
  t.strictSame([keys(survivors), keys(gone), keys(kept)], [['c', 'd'], ['a'], ['b']])
  t.equal(kept[0]!.fd, 7, 'kept resources are as they are after')
})

t.test('the same snapshot twice has neither survivors nor anything gone', async t => {
  const same = buildSnapshot({ resources: [{ key: 'a' }, { key: 'b' }] })
  const { survivors, gone, kept } = diff(same, same)
  t.strictSame([survivors, gone, keys(kept)], [[], [], ['a', 'b']])
})

t.test('what is being closed is no survivor, and gone if it was open before', async t => {
  const before = buildSnapshot({ resources: [{ key: 'old' }] })
  const after = buildSnapshot({ resources: [{ key: 'young' }], closing: [{ key: 'old' }, { key: 'young' }] })
  const { survivors, gone, kept } = diff(before, after)
  t.strictSame([keys(survivors), keys(gone), keys(kept)], [[], ['old'], []])
})

t.test('what was being closed before and is open after was there before', async t => {
  const { survivors, kept } = diff(buildSnapshot({ closing: [{ key: 'a' }] }), buildSnapshot({ resources: [{ key: 'a' }] }))
  t.strictSame([keys(survivors), keys(kept)], [[], ['a']])
})

t.test('what is no snapshot is named', async t => {
  const snapshot = buildSnapshot()
  for (const given of [undefined, null, 'text', 7, {}, { schema: 'leakwatch-snapshot/9' }, { schema: snapshot.schema }]) {
    t.throws(() => diff(given as Snapshot, snapshot), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /its first argument is/ })
    t.throws(() => diff(snapshot, given as Snapshot), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /its second argument is/ })
  }
})

t.test('of two recordings of a thread, which number alike, what the later one has was opened since', async t => {
  const { survivors, gone } = diff(buildSnapshot({ resources: [{ key: 'd0', openedMsAgo: 5_000 }] }), buildSnapshot({ resources: [{ key: 'd0', openedMsAgo: 10 }] }))
  t.strictSame([keys(survivors), keys(gone)], [['d0'], ['d0']])
})
