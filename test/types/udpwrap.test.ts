import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a UDP socket is named by the line that made it until it is closed: a leak once it is bound or sends, memory before', async t => {
  await detects(t, { script: fixture('types', 'udp.mjs') }, {
    also(t, report) {
      t.match(groupAt(report, 'UDPWRAP', "bind(0, '127.0.0.1')").resources[0], { target: /^127\.0\.0\.1:\d+$/, ref: true })
      t.match(groupAt(report, 'UDPWRAP', '.unref()').resources[0], { ref: false })
    },
  })
})
