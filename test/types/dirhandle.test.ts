import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('a Dir is named by the line that opened it until it is closed or read to its end', async t => {
  await detects(t, { script: fixture('types', 'dirhandle.mjs') })
})

t.test('a Dir that is being read is pending', async t => {
  await detects(t, { script: fixture('types', 'dirhandle-read.mjs') })
})

t.test('a Dir that the garbage collector closed is a leak at the line that opened it', async t => {
  await detects(t, { script: fixture('types', 'dirhandle-collected.mjs'), flags: ['--no-warnings'] })
})
