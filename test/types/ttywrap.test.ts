import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a terminal stream is named by the line that opened it until it is destroyed, referenced or not', async t => {
  await detects(t, { script: fixture('types', 'tty.mjs'), types: 'fs,TTYWRAP' }, {
    also(t, report) {
      const [held] = groupAt(report, 'TTYWRAP', 'held').resources
      t.match(held, { fd: Number, ref: false })
    },
  })
})
