import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('the change of HTTP/2 settings is pending at its line until it is acknowledged, and those of the start never', async t => {
  await detects(t, { script: fixture('types', 'http2.mjs'), types: 'HTTP2SETTINGS' }, { type: 'HTTP2SETTINGS', ignoreUnexplained: true })
})
