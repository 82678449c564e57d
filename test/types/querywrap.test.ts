import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a DNS query is pending at its line until it is answered or cancelled', async t => {
  await detects(t, { script: fixture('types', 'dns-query.mjs'), types: 'QUERYWRAP' }, { type: 'QUERYWRAP', ignoreUnexplained: true })
})
