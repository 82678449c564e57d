import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a connection in the making is pending at its line until it stands or fails', async t => {
  await detects(t, { script: fixture('types', 'tcp-connect-request.mjs') }, {
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'TCPCONNECTWRAP', 'PENDING')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})
