import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a Worker is named by the line that started it until it has ended, and its own ports never', async t => {
  await detects(t, { script: fixture('types', 'worker-threads.mjs'), types: 'process' })
})

t.test('a Worker that the process did not wait for, or that is still starting, is pending, whoever holds on to it as the process ends', async t => {
  await detects(t, { script: fixture('types', 'worker-exits.mjs'), types: 'process' })
})

t.test('a Worker that is recorded itself leaves no descriptor unexplained', async t => {
  await detects(t, { script: fixture('types', 'worker-of-file.mjs'), types: 'all' })
})

t.test('the Worker that Node starts for the hooks of a module loader is never named', async t => {
  await detects(t, { script: fixture('types', 'worker-of-loader-hooks.mjs'), types: 'all' })
})
