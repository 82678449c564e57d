import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a heap snapshot is named by the line that took it until it is read or destroyed', async t => {
  await detects(t, { script: fixture('types', 'heap-snapshot.mjs'), types: 'HEAPSNAPSHOT' })
})
