import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('the generation of a prime is pending at its line until it is done, and never when it is done at once', async t => {
  await detects(t, { script: fixture('types', 'crypto-jobs.mjs'), types: 'RANDOMPRIMEREQUEST' }, {
    type: 'RANDOMPRIMEREQUEST',
    also(t, report) {
      matches(t, groupAt(report, 'RANDOMPRIMEREQUEST', 'crypto.generatePrime('), { reason: 'The operation has not completed.', chain: [], resources: [{ fd: null, target: null, ref: null }] })
    },
  })
})
