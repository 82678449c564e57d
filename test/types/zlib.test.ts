import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a compression stream is named by the line that made it until it is read to its end or destroyed', async t => {
  await detects(t, { script: fixture('types', 'zlib.mjs'), types: 'ZLIB' }, {
    also(t, report) {
      t.match(groupAt(report, 'ZLIB', 'held').reason, 'It holds memory alone')
    },
  })
})
