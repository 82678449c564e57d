import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an event loop delay histogram is pending at its line until it is collected', async t => {
  await detects(t, { script: fixture('types', 'event-loop-delay.mjs'), types: 'ELDHISTOGRAM' }, {
    also: (t, report) => t.match(groupAt(report, 'ELDHISTOGRAM', 'held').reason, 'It holds memory alone'),
  })
})
