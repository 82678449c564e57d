import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('an incoming HTTP request is pending at the listen line of its server until it is answered', async t => {
  await detects(t, { script: fixture('types', 'http-requests.mjs'), types: 'HTTPINCOMINGMESSAGE' }, {
    type: 'HTTPINCOMINGMESSAGE',
    also(t, report) {
      const { chain, resources } = groupAt(report, 'HTTPINCOMINGMESSAGE', '.listen(0')
      matches(t, chain, [{ type: 'TCPSERVERWRAP' }])
      t.strictSame(resources.map(({ target }) => String(target)).toSorted(), ['GET /late', 'GET /never', 'GET /never', 'GET /never'])
    },
  })
})
