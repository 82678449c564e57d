import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a request of fs is pending at its line until its callback', async t => {
  await detects(t, { script: fixture('types', 'fsreq-callback.mjs'), stopAfterReport: true }, {
    code: null,
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'FSREQCALLBACK', 'fs.open(fifo()')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})
