import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an interval is named by the line that set it until it is cleared; what fires once is pending', async t => {
  await detects(t, { script: fixture('types', 'timers.mjs'), types: 'timers' }, {
    also(t, report) {
      t.match(groupAt(report, 'Timeout', '1000) // LEAK').resources[0], { target: 'every 1000 ms', ref: true })
      t.match(groupAt(report, 'Timeout', '.unref()').resources[0], { ref: false })
      t.match(groupAt(report, 'Timeout', 'setTimeout(() => {}, 1000)').resources[0], { target: 'after 1000 ms' })
    },
  })
})
