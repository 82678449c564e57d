import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** A copy of the package in a folder of its own, and the address of its preload. */
function installed(t: Test): { readonly directory: string, readonly register: string } {
  const directory = scratch(t)
  cpSync(inRoot('dist/lib'), join(directory, 'dist/lib'), { recursive: true })
  cpSync(inRoot('package.json'), join(directory, 'package.json'))
  return { directory, register: pathToFileURL(join(directory, 'dist/lib/register.js')).href }
}

// Of what a program under a preload says on standard error, where nobody asks for anything.
async function told(register: string, program: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand([process.execPath, '--import', register, '-e', `${program}; console.log('ran')`])
  return code === 0 && stdout === 'ran\n' ? stderr : `code ${code}: ${stdout}${stderr}`
}

const replaced = `
  for (const name of ['openSync', 'readFileSync', 'readSync', 'fstatSync', 'existsSync', 'statSync', 'closeSync', 'writeSync']) fs[name] = () => { throw new Error(name) }
  require('node:vm').Script = require('node:vm').Script.prototype.runInThisContext = process.getBuiltinModule = () => { throw new Error('compiled by another') }
  Buffer.allocUnsafeSlow = Buffer.prototype.toString = () => { throw new Error('read by another') }`

t.test('what tells is read with what records: the package may be gone by then, and fs another', async t => {
  const { directory, register } = installed(t)
  const stderr = await told(register, `
    const fs = require('node:fs')
    fs.openSync(process.execPath)
    fs.rmSync(${JSON.stringify(directory)}, { recursive: true })
    ${replaced}`)
  t.match(stderr, /^leakwatch: 1 leak from 1 line at exit/)
  t.match(stderr, '1 file descriptor opened at [eval]:3:8')
  t.notMatch(stderr, 'incomplete')
})

t.test('what records is read by what was there at the start', async t => {
  const { register } = installed(t)
  const stderr = await told(register, `
    const fs = require('node:fs'), { openSync } = fs
    ${replaced}
    openSync(process.execPath)`)
  t.match(stderr, /^leakwatch: 1 leak from 1 line at exit/)
  t.notMatch(stderr, 'incomplete')
})

t.test('where the package is gone before anything is opened, the program goes on, and it is said', async t => {
  const { directory, register } = installed(t)
  const stderr = await told(register, `
    const fs = require('node:fs')
    fs.rmSync(${JSON.stringify(directory)}, { recursive: true })
    fs.closeSync(fs.openSync(process.execPath))
    require('node:net').createServer().listen(0, function () { this.close() })`)
  t.match(stderr, /^leakwatch: incomplete: what happens could not be told \(ENOENT: .*preload-.*\)\.\n$/)
})

t.test('where it is back, the next opening is recorded, and the report is incomplete', async t => {
  const { directory, register } = installed(t)
  const lib = join(directory, 'dist/lib')
  const stderr = await told(register, `
    const fs = require('node:fs')
    fs.renameSync(${JSON.stringify(lib)}, ${JSON.stringify(`${lib}-away`)})
    fs.openSync(process.execPath); fs.openSync(process.execPath)
    fs.renameSync(${JSON.stringify(`${lib}-away`)}, ${JSON.stringify(lib)})
    fs.openSync(process.execPath)`)
  t.match(stderr, /^leakwatch: incomplete, at least 1 leak from 1 line at exit/)
  t.match(stderr, '1 file descriptor opened at [eval]:6:8')
  t.equal(stderr.match(/a fault in/g)?.length, 1, 'what fails again is told once')
})

t.test('files of another build are not run', async t => {
  const { directory, register } = installed(t)
  for (const name of readdirSync(join(directory, 'dist/lib')).filter(file => file.startsWith('preload-') && file.endsWith('.cjs'))) {
    const path = join(directory, 'dist/lib', name)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"leakwatch \w+"/, '"leakwatch 0"'))
  }
  const stderr = await told(register, "require('node:fs').openSync(process.execPath)")
  t.match(stderr, /^leakwatch: incomplete: .*preload-.* is of another build/)
})

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

t.test('each bundle is ASCII, which takes no decoding', async t => {
  for (const name of readdirSync(inRoot('dist/lib')).filter(file => file.endsWith('.cjs'))) t.notMatch(readFileSync(inRoot(`dist/lib/${name}`), 'utf8'), /[^\0-\x7f]/, name)
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
