import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a server on a path is named by the line that made it listen until it is closed', async t => {
  await detects(t, { script: fixture('types', 'pipe-server.mjs') }, {
    also(t, report) {
      t.match(groupAt(report, 'PIPESERVERWRAP', 'http.createServer()').resources[0], { target: /\/socket-1$/ })
    },
  })
})
