import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an HTTP/2 stream is pending at its request, or at the listen line of its server, until it is over', async t => {
  await detects(t, { script: fixture('types', 'http2.mjs'), types: 'HTTP2STREAM' }, {
    type: 'HTTP2STREAM',
    also: (t, report) => t.match(groupAt(report, 'HTTP2STREAM', 'kept.request(').reason, 'The operation has not completed.'),
  })
})
