import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a message port is named by the line that made it while it keeps the loop alive', async t => {
  await detects(t, { script: fixture('types', 'worker-threads.mjs'), types: 'process' }, {
    also: (t, report) => t.match(groupAt(report, 'MESSAGEPORT', 'oneWay').resources[0], { ref: true }),
  })
})
