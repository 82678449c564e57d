import t from 'tap'
import { adapterSettings } from '../../../lib/adapters/watching/settings.ts'

t.test('tests have each stack where stacks are sampled, and none where they are counted', async t => {
  t.teardown(() => { delete process.env.LEAKWATCH })
  for (const [given, mode] of [['adaptive', 'full'], ['full', 'full'], ['count', 'count']]) {
    process.env.LEAKWATCH = given
    t.equal(adapterSettings([]).settings.mode, mode)
  }
})
