// What Node opens for itself, and what awaits collection after a proper close, is nobody's: with every type recorded these
// programs, which release what they open, hear nothing of it.
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { detects } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const said: ReadonlyMap<string, RegExp> = new Map([
  ['events.mjs', /^Debugger listening on /],
  // Deprecated from 26 on.
  ['modules.mjs', /^$|DEP0205/],
  // 20 says that timers that are mocked are an experiment.
  ['tools.mjs', /^$|ExperimentalWarning: The MockTimers/],
])

for (const name of readdirSync(fixture('types', 'ambient'))) {
  const script = fixture('types', `ambient/${name}`)

  t.test(`nothing that Node opens for itself is blamed on a program: ${basename(name, '.mjs')}`, async t => {
    await detects(t, { script, types: 'all', stdin: '' }, { stderr: said.get(name) ?? '', ignorePooled: true })
    const { report } = await runNode({ script, stdin: '' })
    matches(t, report, { leaks: [], pending: [], complete: true }, 'nor where the default types are recorded')
    for (const env of [{ LEAKWATCH: 'count' }, { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: '0.01%' }]) {
      const counted = await runNode({ script, stdin: '', env })
      matches(t, counted.report, { leaks: [] }, `nor where they are counted: ${env.LEAKWATCH}`)
    }
  })
}
