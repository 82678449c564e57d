import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a write that the peer does not read is pending at its line', async t => {
  await detects(t, { script: fixture('types', 'write-request.mjs') }, {
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'WRITEWRAP', 'unread.write')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})

t.test('the writes that TLS makes below those of a session are none of the program', async t => {
  await detects(t, { script: fixture('types', 'write-below.mjs'), types: 'net,requests' })
})
