import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('the end of a socket is pending at its line until the peer has it, and the socket meanwhile is no leak', async t => {
  await detects(t, { script: fixture('types', 'shutdown-request.mjs') }, {
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'SHUTDOWNWRAP', 'ending.end()')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})
