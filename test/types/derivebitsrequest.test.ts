import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a derivation of bits is pending at its line until it is done, and never when it is done at once', async t => {
  await detects(t, { script: fixture('types', 'crypto-jobs.mjs'), types: 'DERIVEBITSREQUEST' }, {
    type: 'DERIVEBITSREQUEST',
    also(t, report) {
      matches(t, groupAt(report, 'DERIVEBITSREQUEST', 'hkdf('), { reason: 'The operation has not completed.', chain: [], resources: [{ fd: null, target: null, ref: null }] })
    },
  })
})
