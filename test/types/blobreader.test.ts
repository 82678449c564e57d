import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('the reading of a Blob is pending at its line until its first bytes arrive', async t => {
  await detects(t, { script: fixture('types', 'blob-reader.mjs'), types: 'BLOBREADER' }, { ignoreUnexplained: true })
})
