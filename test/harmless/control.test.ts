import { pathToFileURL } from 'node:url'
import t from 'tap'
import { fixture } from '../support/paths.ts'
import { outcomeOf, type Program, runBoth } from './compare.ts'

const disturbing = pathToFileURL(fixture('harmless', 'disturbs.mjs')).href
const told: Readonly<Record<string, Omit<Program, 'title'>>> = {
  listens: { script: 'process-properties.mjs' },
  wraps: { script: 'fs-properties.mjs' },
  throws: { script: 'fs-refused-arguments.cjs' },
  keeps: { script: 'globals-collected.mjs', flags: ['--expose-gc'] },
  ends: { script: 'exit-order.mjs', args: ['3'] },
  handles: { script: 'signals.cjs', args: ['SIGTERM'] },
  says: { script: 'globals-clock.mjs' },
}

for (const [way, run] of Object.entries(told)) {
  t.test(`a preload that ${way} is told by ${run.script}`, async t => {
    const program = { title: way, ...run, env: { DISTURB: way } }
    const { bare, watched } = await runBoth(program, disturbing)
    t.notSame(outcomeOf(watched, program), outcomeOf(bare, program))
  })
}

t.test('an empty preload is not told from an empty one', async t => {
  const program = { title: 'empty', script: 'process-properties.mjs' }
  const { bare, watched } = await runBoth(program, pathToFileURL(fixture('harmless', 'empty.mjs')).href)
  t.strictSame(outcomeOf(watched, program), outcomeOf(bare, program))
})
