import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a UDP endpoint in JavaScript is pending at its line until it is collected', async t => {
  await detects(t, { script: fixture('types', 'js-udp.mjs'), types: 'JSUDPWRAP', flags: ['--expose-internals', '--no-warnings'] })
})
