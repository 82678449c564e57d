import fc from 'fast-check'
import t from 'tap'
import { KeyIndex } from '../../../lib/analyze/compare/key-index.ts'
import { buildSnapshot } from '../../support/snapshot-builder.ts'

const indexOf = (keys: readonly string[]) => new KeyIndex(buildSnapshot({ resources: keys.map(key => ({ key })) }).resources)

t.test('a key is found at its position, in whatever order keys are asked for', async t => {
  const index = indexOf(['a1', 'a2', 'd1', 'd2'])
  t.strictSame(['a1', 'a2', 'd2', 'd1', 'a1', 'a1'].map(key => index.positionOf(key)), [0, 1, 3, 2, 0, 0])
})

t.test('a key that is not there is not found', async t => {
  t.equal(indexOf([]).positionOf('a1'), -1)
  t.equal(indexOf(['a1']).positionOf(''), -1)
  const index = indexOf(['a1'])
  t.strictSame([index.positionOf('a1'), index.positionOf('a2')], [0, -1])
})

t.test('any keys are found where a search through all of them finds them', async t => {
  fc.assert(fc.property(fc.uniqueArray(fc.string({ maxLength: 4 })), fc.array(fc.string({ maxLength: 4 })), (keys, others) => {
    const index = indexOf(keys)
    return [...keys, ...others, ...keys.toReversed()].every(key => index.positionOf(key) === keys.indexOf(key))
  }))
  t.pass('held for all keys tried')
})
