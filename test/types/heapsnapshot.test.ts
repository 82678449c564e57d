import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a heap snapshot is named by the line that took it until it is read or destroyed', async t => {
  await detects(t, { script: fixture('types', 'heap-snapshot.mjs'), types: 'HEAPSNAPSHOT' }, {
    also: (t, report) => t.match(groupAt(report, 'HEAPSNAPSHOT', 'held').reason, 'It holds memory alone, and ends when it is collected.'),
  })
})
