import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a TLS socket is named by the line that connected it until it is closed, once, with the socket beneath', async t => {
  await detects(t, { script: fixture('types', 'tls.mjs') }, {
    also(t, report) {
      t.match(groupAt(report, 'TLSWRAP', "tls.connect(port, 'localhost'").resources[0]!.target, / -> /)
      matches(t, groupAt(report, 'TLSWRAP', 'server.listen(0)').chain, [{ type: 'TCPSERVERWRAP' }])
    },
  })
})

t.test('a socket of an https.Agent is named by the request that holds it, and pooled when none does', async t => {
  await detects(t, { script: fixture('types', 'tls-https.mjs') })
})

t.test('a socket that was made secure by hand is named once it is', async t => {
  await detects(t, { script: fixture('types', 'tls-upgraded.mjs') })
})
