import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a resolver is pending at its line until it is collected, and that of node:dns never', async t => {
  await detects(t, { script: fixture('types', 'dns-query.mjs'), types: 'DNSCHANNEL' }, { type: 'DNSCHANNEL', ignoreUnexplained: true })
})
