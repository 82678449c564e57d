import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a server is named by the line that made it listen until it is closed, with a port, an address and a name', async t => {
  await detects(t, { script: fixture('types', 'tcp-server.mjs') }, {
    also(t, report) {
      const server = groupAt(report, 'TCPSERVERWRAP', "net.createServer().listen(0, '127.0.0.1')")
      t.match(server.resources[0], { target: /^127\.0\.0\.1:\d+$/, ref: true })
      t.equal(server.reason, 'Nobody called close().')
      t.match(groupAt(report, 'TCPSERVERWRAP', 'const unreferenced').resources[0], { ref: false })
    },
  })
})
