import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a stat watcher is named by the line that started it until its file is unwatched', async t => {
  await detects(t, { script: fixture('types', 'watchers.mjs'), types: 'watch' }, {
    also: (t, report) => t.match(groupAt(report, 'STATWATCHER', 'nowhere').resources[0], { ref: true }),
  })
})
