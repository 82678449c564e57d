import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a datagram that the kernel took is never pending, and the socket alone is named', async t => {
  await detects(t, { script: fixture('types', 'udp-send-request.mjs') })
})
