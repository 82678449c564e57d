import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('the closing of a FileHandle is pending at its line until it is over, and the handle no leak', async t => {
  await detects(t, { script: fixture('types', 'filehandle-close-request.mjs') }, {
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'FILEHANDLECLOSEREQ', 'closing.close()')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})
