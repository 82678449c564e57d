import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a request of fs.promises is pending at its line until it settles', async t => {
  await detects(t, { script: fixture('types', 'fsreq-promise.mjs'), stopAfterReport: true }, {
    code: null,
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'FSREQPROMISE', 'fs.open(fifo()')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: { 0: { asyncId: Number, fd: null, target: null } } })
    },
  })
})
