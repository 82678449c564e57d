import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('resources of the program that throw when they are looked at end neither it nor the recording, and are nobody\'s leak', async t => {
  await detects(t, { script: fixture('anomaly', 'hostile.cjs') })
})

t.test('resources that are announced without a name or an object end neither the program nor the recording', async t => {
  await detects(t, { script: fixture('anomaly', 'announced.cjs'), flags: ['--expose-internals', '--no-force-async-hooks-checks'], types: 'fs,other' })
})
