import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an HTTP/2 session is named by the line that opened it, or made its server listen, until it is closed', async t => {
  await detects(t, { script: fixture('types', 'http2.mjs'), types: 'HTTP2SESSION' }, {
    type: 'HTTP2SESSION',
    also: (t, report) => t.match(groupAt(report, 'HTTP2SESSION', 'kept').reason, 'Nobody called close() or destroy().'),
  })
})
