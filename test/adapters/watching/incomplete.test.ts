import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { inRoot, root } from '../../support/paths.ts'
import { runCommand } from '../../support/run.ts'

const adapter = new URL('dist/lib/adapters/node-test.js', root).href

// Standard error of a file of tests under the adapter of node:test, each of which has to pass.
async function toldOf(t: Test, tests: string, before: readonly string[] = []): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-incomplete-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'file.test.cjs')
  writeFileSync(file, `const fs = require('node:fs'), { after, test } = require('node:test')\n${tests}`)
  const { code, stdout, stderr } = await runCommand([process.execPath, ...[...before, adapter].flatMap(url => ['--import', url]), file], { cwd: inRoot('') })
  t.equal(code, 0, `${stdout}${stderr}`)
  return stderr
}

const asModule = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`

t.test('where nothing can be recorded, tests go on unjudged, and it is said once', async t => {
  const broken = asModule("import vm from 'node:vm'; vm.createContext = () => { throw new Error('failed on purpose') }")
  const stderr = await toldOf(t, `
    test('leaks', () => { fs.openSync(process.execPath) })
    test('leaks after a turn', async () => { await new Promise(setImmediate); fs.openSync(process.execPath) })`, [broken])
  t.equal(stderr, 'leakwatch: incomplete: a fault in start of the recorder: failed on purpose\n')
})

t.test('what was open as the recording broke is blamed on nobody: who closes it is not seen any more', async t => {
  const breaking = asModule("const { now } = Date; Date.now = () => { if (globalThis.isFailing) throw new Error('failed on purpose'); return now() }")
  const stderr = await toldOf(t, `
    const server = require('node:net').createServer()
    after(() => server.close())
    test('opens and closes', (context, done) => {
      const fd = fs.openSync(process.execPath)
      globalThis.isFailing = true
      fs.closeSync(fs.openSync(process.execPath))
      globalThis.isFailing = false
      fs.closeSync(fd)
      // The number is open again.
      server.listen(0, done)
    })
    test('leaks', () => { fs.openSync(process.execPath) })`, [breaking])
  t.equal(stderr, 'leakwatch: incomplete: a fault in clock: failed on purpose\n')
})
