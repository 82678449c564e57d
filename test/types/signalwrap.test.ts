import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a signal handler is named by the line that added the first until the last is removed', async t => {
  await detects(t, { script: fixture('types', 'signal-handlers.mjs'), types: 'SIGNALWRAP' })
})

t.test('the handler that leakwatch adds for a signal of its own is not named', async t => {
  const env = { LEAKWATCH_SIGNAL: 'SIGINT' }
  await detects(t, { script: fixture('types', 'signal-handlers.mjs'), types: 'SIGNALWRAP', env })
})

t.test('a signal handler is named by the line that added it, not by an emit of the program that is told of it', async t => {
  await detects(t, { script: fixture('types', 'signal-wrapped.cjs'), types: 'SIGNALWRAP' })
})
