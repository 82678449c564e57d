import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
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

t.test('an object that nobody is known to have made but a package is told at the class of the application', async t => {
  const program = `const { ReadStream } = require('node:fs')
    class Plain extends ReadStream {}
    require('container').make(Plain, made => made.once('open', () => process.exit()))`
  write('container', 'exports.make = (Type, done) => setTimeout(() => done(new Type("/dev/zero")), 1)')
  const script = join(base, 'made.cjs')
  writeFileSync(script, program)
  const { report } = await runNode({ script })
  const told = report?.leaks.map(({ site }: any) => [site.frames[site.user]?.line, site.frames[site.user]?.function, site.package])
  matches(t, told, [[2, 'new Plain', null]])
})

t.test('a package that only stands between is told however few frames are kept', async t => {
  write('follow-redirects', 'exports.later = port => setTimeout(() => require("net").connect(port, "127.0.0.1"), 1)')
  const script = join(base, 'later.cjs')
  writeFileSync(script, `const server = require('net').createServer(() => setTimeout(() => process.exit(), 20)).listen(0, '127.0.0.1', () => {
    require('follow-redirects').later(server.address().port)
  })`)
  const { report } = await runNode({ script, env: { LEAKWATCH_DEPTH: '1' } })
  const told = report?.leaks.filter(({ type }: any) => type === 'TCPWRAP').map(({ site }: any) => site.package)
  matches(t, told.sort(), ['follow-redirects', null])
})

function write(name: string, text: string): void {
  mkdirSync(join(base, 'node_modules', name), { recursive: true })
  writeFileSync(join(base, 'node_modules', name, 'index.js'), text)
}
