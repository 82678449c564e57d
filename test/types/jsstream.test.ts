import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('the stream beneath TLS over a stream of the program is pending at its line until that is destroyed', async t => {
  await detects(t, { script: fixture('types', 'js-stream.mjs'), types: 'JSSTREAM' })
})
