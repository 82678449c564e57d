import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('the lookup of an address is pending at its line until it is answered', async t => {
  await detects(t, { script: fixture('types', 'getnameinfo-request.mjs') }, {
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'GETNAMEINFOREQWRAP', 'dns.promises.lookupService(')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})
