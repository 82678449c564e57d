import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a child process is named by the line that started it until it has ended', async t => {
  await detects(t, { script: fixture('types', 'child-processes.mjs'), types: 'process,net' }, {
    also(t, report) {
      t.match(groupAt(report, 'PROCESSWRAP', "stdio: 'ignore' })").resources[0], { target: /^pid \d+: sleep 2$/, ref: true })
      t.match(groupAt(report, 'PROCESSWRAP', 'detached').resources[0], { ref: false })
    },
  })
})

t.test('a child is let off by a signal that asks it to end alone, and not for good', async t => {
  await detects(t, { script: fixture('types', 'child-signals.mjs'), types: 'process,net' }, {
    also(t, report) {
      t.equal(report.pending[0]!.reason, 'It was sent a signal that asks it to end.')
    },
  })
})
