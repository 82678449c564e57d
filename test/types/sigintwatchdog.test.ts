import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('the handle that waits for SIGINT is named by its line until it is closed, and never where util.setTraceSigInt() made it', async t => {
  await detects(t, { script: fixture('types', 'sigint-watchdog.cjs'), types: 'SIGINTWATCHDOG', flags: ['--expose-internals'] })
})
