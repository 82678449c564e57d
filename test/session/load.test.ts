import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { inRoot } from '../support/paths.ts'
import { type Run, runNode } from '../support/run.ts'

function scratch(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-load-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

t.test('what tells was read at the start: the package may be gone by then, and fs another', async t => {
  const directory = scratch(t)
  cpSync(inRoot('dist/lib'), join(directory, 'dist/lib'), { recursive: true })
  cpSync(inRoot('package.json'), join(directory, 'package.json'))
  const { stderr } = await runNode({
    register: pathToFileURL(join(directory, 'dist/lib/register.js')).href,
    format: 'text',
    eval: `
      const fs = require('node:fs')
      fs.openSync(process.execPath)
      fs.rmSync(${JSON.stringify(directory)}, { recursive: true })
      for (const name of ['openSync', 'readFileSync', 'existsSync', 'statSync', 'closeSync', 'writeSync']) fs[name] = () => { throw new Error(name) }
      require('node:vm').compileFunction = process.getBuiltinModule = () => { throw new Error('compiled by another') }`,
  })
  t.match(stderr, /^leakwatch: 1 leak from 1 line at exit/)
  t.match(stderr, '1 file descriptor opened at [eval]:3:10')
  t.notMatch(stderr, 'incomplete')
})

t.test('what judges and tells is run where something is open, and nowhere else', async t => {
  t.strictSame(await scriptsRun(t, { eval: 'require("fs").closeSync(require("fs").openSync(process.execPath))' }), ['preload.cjs', 'register.js'])
  // A pipe is opened for what is printed, by the line that does.
  t.strictSame(await scriptsRun(t, { eval: 'console.log(1); process.stderr; process.stdin' }), ['preload.cjs', 'register.js'])
  t.strictSame(await scriptsRun(t, { eval: 'require("fs").openSync(process.execPath)' }), ['preload-reports.cjs', 'preload.cjs', 'register.js'])
})

t.test('nothing of it shows in require.cache', async t => {
  const { stdout } = await runNode({ eval: 'require("fs").openSync(process.execPath); console.log(Object.keys(require.cache).length)' })
  t.equal(stdout, '0\n')
})

t.test('each bundle is of one byte a character, or V8 takes longer to read it', async t => {
  for (const name of readdirSync(inRoot('dist/lib')).filter(file => file.endsWith('.cjs'))) t.notMatch(readFileSync(inRoot(`dist/lib/${name}`), 'utf8'), /[^\0-\xff]/, name)
})

async function scriptsRun(t: Test, program: { readonly eval: string }): Promise<readonly string[]> {
  const directory = scratch(t)
  const run: Run = await runNode({ ...program, format: 'text', env: { NODE_V8_COVERAGE: directory } })
  t.equal(run.code, 0, run.stderr)
  const urls = readdirSync(directory).flatMap(file => {
    const { result } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as { readonly result: readonly { readonly url: string }[] }
    return result.map(({ url }) => url)
  })
  return urls.filter(url => url.includes('/dist/lib/')).map(url => url.slice(url.lastIndexOf('/') + 1)).toSorted()
}
