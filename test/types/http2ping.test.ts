import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an HTTP/2 ping is pending at its line until it is answered', async t => {
  await detects(t, { script: fixture('types', 'http2.mjs'), types: 'HTTP2PING' }, { type: 'HTTP2PING', ignoreUnexplained: true })
})
