import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('resources of the program that throw when they are looked at end neither it nor the recording, and are nobody\'s leak', async t => {
  await detects(t, { script: fixture('anomaly', 'hostile.cjs') })
})
