import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import { inRoot, registerUrl } from '../../support/paths.ts'
import { runCommand, runNode } from '../../support/run.ts'

function scratch(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-load-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const openFirst = 'fs.openSync(process.execPath)'

for (const [when, before, after] of [['once something is open', openFirst, ''], ['before anything is opened', '', openFirst]] as const) {
  t.test(`what records and tells was read at the start: the package may be gone, and fs another, ${when}`, async t => {
    const directory = scratch(t)
    cpSync(inRoot('dist/lib'), join(directory, 'dist/lib'), { recursive: true })
    cpSync(inRoot('package.json'), join(directory, 'package.json'))
    const { code, stderr } = await runNode({
      register: pathToFileURL(join(directory, 'dist/lib/register.js')).href,
      format: 'text',
      eval: `
        const fs = { ...require('node:fs') }
        ${before}
        fs.rmSync(${JSON.stringify(directory)}, { recursive: true })
        for (const name of ['openSync', 'readFileSync', 'readSync', 'fstatSync', 'existsSync', 'statSync', 'closeSync', 'writeSync']) {
          require('node:fs')[name] = () => { throw new Error(name) }
        }
        require('node:vm').Script = require('node:vm').Script.prototype.runInThisContext = process.getBuiltinModule = () => { throw new Error('compiled by another') }
        Buffer.from = Buffer.allocUnsafeSlow = Buffer.prototype.toString = () => { throw new Error('read by another') }
        ${after}`,
    })
    t.equal(code, 0)
    t.match(stderr, /^leakwatch: 1 leak from 1 line at exit/)
    t.match(stderr, `1 file descriptor opened at [eval]:${before === '' ? 10 : 3}:12`)
    t.notMatch(stderr, 'incomplete')
  })
}

t.test('what records is run where the program opens something, and what judges and tells where that is still open', async t => {
  const none = ['preload.cjs', 'register.js']
  const types = ['preload-types.cjs', ...none]
  const recorder = ['preload-recorder.cjs', ...types]
  const everything = ['preload-reports.cjs', ...recorder]
  const runs: readonly (readonly [program: string, scripts: readonly string[]])[] = [
    ['', none],
    // A pipe is opened for what is printed, by the line that does.
    ['console.log(1); process.stderr; process.stdin; fs.writeSync(1, "2")', none],
    // Node opens and closes it in the call.
    ['fs.readFileSync(process.execPath); fs.readFileSync(process.execPath, "latin1")', none],
    ['Promise.resolve().then(() => process.nextTick(() => {}))', none],
    ['import("node:os")', none],
    // Not recorded by default.
    ['setTimeout(() => {})', types],
    ['fs.closeSync(fs.openSync(process.execPath))', recorder],
    // Between the program and fs.open lies a script of Node.
    ['require("node:util").promisify(fs.open)(process.execPath, "r").then(fs.closeSync)', recorder],
    ['fs.stat(".", () => {})', recorder],
    ['fs.promises.readFile(process.execPath)', recorder],
    ['fs.createReadStream(process.execPath).destroy()', recorder],
    ['require("node:dns").lookup("localhost", () => {})', recorder],
    ['fs.openSync(process.execPath)', everything],
    // Closed twice, and not opened here.
    ['try { fs.closeSync(9999) } catch {}', everything],
  ]
  for (const [program, scripts] of runs) t.strictSame(await scriptsRun(t, `const fs = require("node:fs"); ${program}`), scripts.toSorted(), program)
})

t.test('what reads options is run where there are any', async t => {
  t.strictSame(await scriptsRun(t, '', { LEAKWATCH_DEPTH: '3' }), ['preload-options.cjs', 'preload-types.cjs', 'preload.cjs', 'register.js'])
  t.strictSame(await scriptsRun(t, '', { LEAKWATCHER: '3' }), ['preload.cjs', 'register.js'])
})

t.test('without stacks, too, nothing records what Node opens for itself', async t => {
  const scripts = await scriptsRun(t, 'console.log(1); require("node:fs").readFileSync(process.execPath)', { LEAKWATCH: 'count' })
  t.notOk(scripts.includes('preload-recorder.cjs'), scripts.join(', '))
})

t.test('nothing of it shows in require.cache', async t => {
  const { stdout } = await runNode({ eval: 'require("fs").openSync(process.execPath); console.log(Object.keys(require.cache).length)' })
  t.equal(stdout, '0\n')
})

t.test('each bundle is ASCII, which takes no decoding, in lines that Node may show', async t => {
  for (const name of readdirSync(inRoot('dist/lib'), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.cjs') || /^(adapters\/)?[^/]+\.js$/.test(file))) {
    const text = readFileSync(inRoot(`dist/lib/${name}`), 'utf8')
    t.notMatch(text, /[^\0-\x7f]/, name)
    t.notMatch(text, /.{1000}/, name)
  }
})

t.test('what Vitest transforms anew in each process is short, and has no map', async t => {
  const text = readFileSync(inRoot('dist/lib/adapters/vitest.js'), 'utf8')
  t.ok(text.length < 4100, `${text.length} characters`)
  t.notMatch(text, 'sourceMappingURL')
  t.notOk(existsSync(inRoot('dist/lib/adapters/vitest.js.map')))
})

// Names of our scripts that a program runs under the preload, with nothing asked of it but `env`.
async function scriptsRun(t: Test, program: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const directory = scratch(t)
  const { code, stderr } = await runCommand([process.execPath, '--import', registerUrl, '-e', program], { cwd: directory, env: { NODE_V8_COVERAGE: directory, ...env } })
  t.equal(code, 0, stderr)
  const urls = readdirSync(directory).flatMap(file => {
    const { result } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as { readonly result: readonly { readonly url: string }[] }
    return result.map(({ url }) => url)
  })
  return urls.filter(url => url.includes('/dist/lib/')).map(url => url.slice(url.lastIndexOf('/') + 1)).toSorted()
}
