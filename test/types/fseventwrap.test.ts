import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a watcher is named by the line that started it until it is closed', async t => {
  await detects(t, { script: fixture('types', 'watchers.mjs'), types: 'watch' }, {
    also: (t, report) => t.match(groupAt(report, 'FSEVENTWRAP', '.unref()').resources[0], { ref: false }),
  })
})
