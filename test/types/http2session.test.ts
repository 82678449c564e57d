import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('an HTTP/2 session is named by the line that opened it, or made its server listen, until it is closed', async t => {
  await detects(t, { script: fixture('types', 'http2.mjs'), types: 'HTTP2SESSION' }, {
    type: 'HTTP2SESSION',
    also: (t, report) => t.match(groupAt(report, 'HTTP2SESSION', 'kept').reason, 'Nobody called close() or destroy().'),
  })
})

// The fetch of older Nodes speaks HTTP/1.1 alone.
const speaksHttp2 = Number(process.versions.undici?.split('.')[0]) >= 8

t.test('the session by which fetch asks is pooled while nothing is asked through it', { skip: !speaksHttp2 && 'fetch speaks HTTP/1.1 here' }, async t => {
  await detects(t, { script: fixture('types', 'http2-fetch.mjs'), types: 'HTTP2SESSION', env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' } }, {
    also: (t, report) => t.equal(groupAt(report, 'HTTP2SESSION', 'idle').reason, 'Idle in the pool of fetch, kept for the next request.'),
  })
})
