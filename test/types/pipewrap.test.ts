import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a socket on a path, and what joins a child, is named by its line until it is closed', async t => {
  await detects(t, { script: fixture('types', 'pipe.mjs'), types: 'net' }, {
    also(t, report) {
      matches(t, groupAt(report, 'PIPEWRAP', 'server.listen(path)').chain, [{ type: 'PIPESERVERWRAP' }])
      matches(t, groupAt(report, 'PIPEWRAP', 'const forked').resources, [{ target: 'IPC channel' }])
    },
  })
})

t.test('the pipes and the channel of a child are never named in the turn in which it exits', async t => {
  await detects(t, { script: fixture('types', 'child-exits.mjs'), types: 'process,net' })
})
