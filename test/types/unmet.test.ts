import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

t.test('a type never met is recorded by its name until it is collected, and a leak only while it keeps the loop alive', async t => {
  const program = { script: fixture('types', 'unmet.mjs'), types: 'other', flags: ['--expose-internals', '--no-warnings'] }
  await detects(t, program, {
    also(t, report) {
      matches(t, groupAt(report, 'NOVELTYWRAP', 'held[0]'), { reason: 'leakwatch has not met this type', resources: [{ ref: false, fd: null }] })
      t.match(groupAt(report, 'NOVELTYWRAP', 'of held.slice').resources[0], { ref: true })
    },
  })
})

t.test('a type never met that the program announces as an AsyncResource of its own is left out', async t => {
  const program = "const { AsyncResource } = require('async_hooks'); globalThis.held = new AsyncResource('NOVELTYWRAP', { requireManualDestroy: true })"
  const { report } = await runNode({ eval: program, types: 'all' })
  matches(t, report, { leaks: [], pending: [] })
})
