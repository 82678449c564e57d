import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('an encryption by crypto.subtle is pending at its line until it is done, and never when it is done at once', async t => {
  await detects(t, { script: fixture('types', 'crypto-jobs.mjs'), types: 'CIPHERREQUEST' }, {
    type: 'CIPHERREQUEST',
    also(t, report) {
      matches(t, groupAt(report, 'CIPHERREQUEST', 'subtle.encrypt('), { reason: 'The operation has not completed.', chain: [], resources: { 0: { fd: null, target: null, ref: null } } })
    },
  })
})
