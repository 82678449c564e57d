import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an immediate is pending at the line that set it until it has run or is cleared', async t => {
  await detects(t, { script: fixture('types', 'timers.mjs'), types: 'timers' }, {
    also: (t, report) => t.match(groupAt(report, 'Immediate', 'setImmediate').resources[0], { ref: true }),
  })
})
