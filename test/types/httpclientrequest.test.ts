import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an HTTP request is pending at its line until its answer is read, or it is given up', async t => {
  await detects(t, { script: fixture('types', 'http-requests.mjs'), types: 'HTTPCLIENTREQUEST' }, {
    type: 'HTTPCLIENTREQUEST',
    also(t, report) {
      const [asked] = groupAt(report, 'HTTPCLIENTREQUEST', 'token=').resources
      t.match(asked, { target: 'GET 127.0.0.1/never', fd: null }, 'its query, which may hold secrets, is left out')
    },
  })
})
