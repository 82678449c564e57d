import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { matches } from '../../support/matches.ts'
import { runNode } from '../../support/run.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-sites-')))
t.teardown(() => rmSync(base, { recursive: true }))

t.test('a module that is loaded anew with another text is told by the lines that it has now', async t => {
  const file = join(base, 'reloaded.cjs')
  const program = `const fs = require('node:fs'), held = []
    // Each has the call at the same offset as the one before.
    for (const [text, times] of [['\\n\\n\\n', 1], ['\\n  ', 2], ['\\n\\n\\n', 3], ['   ', 4], ['\\n  ', 5]]) {
      fs.writeFileSync(${JSON.stringify(file)}, text + "exports.open = () => require('node:fs').openSync('/dev/null')")
      delete require.cache[${JSON.stringify(file)}]
      const { open } = require(${JSON.stringify(file)})
      for (let time = 0; time < times; time++) held.push(open())
    }
    process.exit()`
  const { report } = await runNode({ eval: program })
  const told = report?.leaks.map(({ count, site }: any) => `${count} at line ${site.frames[site.user]?.line}`)
  matches(t, told?.sort(), ['4 at line 1', '4 at line 4', '7 at line 2'])
})

t.test('a class without a constructor of its own opens at the line that makes its object; one with opens where it calls that of its parent', async t => {
  const program = `const { ReadStream } = require('node:fs')
    class Plain extends ReadStream {}
    class WithField extends Plain {
      field = 1
    }
    class Declared extends Plain {
      constructor(path) {
        super(path)
      }
    }
    const held = [
      new Plain('/dev/zero'),
      new WithField('/dev/zero'),
      new Declared('/dev/zero'),
    ]
    setTimeout(() => process.exit(held.length - 3), 20)`
  const { report } = await runNode({ eval: program })
  const told = report?.leaks.map(({ site }: any) => [site.frames[site.user]?.line, site.frames[site.user]?.function])
  matches(t, told?.sort(), [[12, null], [13, null], [8, 'new Declared']])
})
