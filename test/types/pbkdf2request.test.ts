import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a PBKDF2 derivation is pending at its line until it is done, and never when it is done at once', async t => {
  await detects(t, { script: fixture('types', 'crypto-jobs.mjs'), types: 'PBKDF2REQUEST' }, {
    type: 'PBKDF2REQUEST',
    also(t, report) {
      matches(t, groupAt(report, 'PBKDF2REQUEST', 'crypto.pbkdf2('), { reason: 'The operation has not completed.', chain: [], resources: [{ fd: null, target: null, ref: null }] })
    },
  })
})
