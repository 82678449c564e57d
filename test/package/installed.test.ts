import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t from 'tap'
import { inRoot } from '../support/paths.ts'
import { runCommand, runNode } from '../support/run.ts'

const consumer = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-consumer-')))
t.teardown(() => rmSync(consumer, { recursive: true }))

const publicNames = 'Object.keys(leakwatch).filter(name => name !== "default" && name !== "__esModule").sort().join()'

t.before(async () => {
  write('package.json', '{ "private": true, "type": "module" }')
  const packed = await command(['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', consumer], inRoot('.'))
  const tarball: string = JSON.parse(packed)[0].filename
  await command(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], consumer)
})

t.test('the installed package is imported and required with the same public names', async t => {
  const imported = await runConsumer('imports.mjs', `import * as leakwatch from 'leakwatch'\nconsole.log(${publicNames})`)
  t.equal(imported.stderr, '')
  t.match(imported.stdout, /assertNoLeaks.*diff.*watch/)
  const required = await runConsumer('requires.cjs', `const leakwatch = require('leakwatch')\nconsole.log(${publicNames})`)
  t.equal(required.stdout, imported.stdout)
})

t.test('the installed preload names the line that opened a descriptor', async t => {
  const script = write('leak.mjs', `import { openSync } from 'node:fs'\n\nopenSync(import.meta.filename)\n`)
  const { code, report, stderr } = await runNode({ script, cwd: consumer, register: 'leakwatch/register' })
  t.equal(code, 0, stderr)
  t.equal(report.leaks.length, 1)
  const { frames, user } = report.leaks[0].site
  t.match(frames[user], { file: script, line: 3 })
})

t.test('it is required, too, where Node is told not to require modules', async t => {
  const script = write('leak.cjs', `require('node:fs').openSync(__filename)\n`)
  const { code, stderr } = await runCommand([process.execPath, '--no-experimental-require-module', '-r', 'leakwatch/register', script], { cwd: consumer })
  t.match({ code, stderr }, { code: 0, stderr: /^leakwatch: 1 leak .*\n\n1 file descriptor opened at leak\.cjs:1:20\n/ })
})

t.test('the installed preload says nothing about a program that closes what it opens', async t => {
  const script = write('clean.mjs', `import { closeSync, openSync } from 'node:fs'\n\ncloseSync(openSync(import.meta.filename))\n`)
  const { code, stdout, stderr } = await runNode({ script, cwd: consumer, register: 'leakwatch/register', format: 'text' })
  t.strictSame({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
})

const asked = `import { track, scope, watch } from 'leakwatch'
  const tags = [track('lock'), track('lock').child('part')]
  console.log(tags[0] === tags[1] && Object.isFrozen(tags[0]), scope('request', () => 42), watch().snapshot().resources.length)`

for (const [how, options, loaded] of [
  ['under the condition production', { flags: ['--conditions=production'] }, ['noop.js']],
  ['under the condition production, with the preload', { flags: ['--conditions=production'], register: 'leakwatch/register' }, ['noop.js', 'register-noop.js']],
  ['under LEAKWATCH=off', { env: { LEAKWATCH: 'off' } }, ['main.js']],
  ['under LEAKWATCH=off, with the preload', { env: { LEAKWATCH: 'off' }, register: 'leakwatch/register' }, ['main.js', 'register.js']],
] as const) {
  t.test(`${how} tags are one frozen constant, a scope calls its function, and nothing else is loaded`, async t => {
    const coverage = join(consumer, `coverage-${loaded.join()}`)
    const script = write('off.mjs', asked)
    const { stdout, stderr } = await runNode({ script, cwd: consumer, register: false, format: 'text', ...options, env: { NODE_V8_COVERAGE: coverage, ...'env' in options ? options.env : {} } })
    t.strictSame({ stdout, stderr }, { stdout: 'true 42 0\n', stderr: '' })
    t.strictSame(filesOfLeakwatch(coverage), loaded)
  })
}

t.test('the installed command runs a program, tells what that leaves open, and nothing else', async t => {
  const leakwatch = (...args: string[]) => runCommand([join(consumer, 'node_modules/.bin/leakwatch'), ...args], { cwd: consumer })
  write('leak.cjs', `require('node:fs').openSync(__filename)\n`)
  t.match(await leakwatch('run', 'leak.cjs'), { code: 0, stdout: '', stderr: /^leakwatch: 1 leak from 1 line at exit .*\n\n1 file descriptor opened at leak\.cjs:1:20\n/ })
  write('clean.cjs', '')
  t.strictSame((await leakwatch('run', 'clean.cjs')).stderr, '')
  t.match(await leakwatch('--version'), { code: 0, stderr: '' })
})

t.test('the schema and package.json are reached through the installed package', async t => {
  const { stdout } = await runConsumer('reads.cjs', `console.log(require('leakwatch/report.schema.json').$schema !== undefined, require('leakwatch/package.json').name)`)
  t.equal(stdout, 'true leakwatch\n')
})

t.test('TypeScript finds the types of the installed package from an ES module and from CommonJS', async t => {
  write('tsconfig.json', JSON.stringify({
    compilerOptions: { module: 'nodenext', target: 'es2023', lib: ['es2023', 'esnext.disposable'], strict: true, noEmit: true, types: ['node'], typeRoots: [inRoot('node_modules/@types')] },
    files: ['consumer.mts', 'consumer.cts', 'wrong.mts'],
  }))
  const use = 'using session: leakwatch.Watch = leakwatch.watch({ types: ["fs"] })\n'
  write('consumer.mts', `import * as leakwatch from 'leakwatch'\nimport 'leakwatch/register'\n${use}await leakwatch.assertNoLeaks(async () => {})`)
  write('consumer.cts', `import leakwatch = require('leakwatch')\n${use}`)
  write('wrong.mts', `import { watch } from 'leakwatch'\nwatch({ depth: 'deep' })`)
  const { stdout } = await runCommand([process.execPath, inRoot('node_modules/typescript/bin/tsc'), '-p', consumer], { cwd: consumer })
  t.match(stdout, /^wrong\.mts\(2,9\): error TS2322/, 'a wrong option is an error, so the types are not any')
  t.equal(stdout.match(/error TS/g)?.length, 1, stdout)
})

/** The files of leakwatch that a program has loaded, from what V8 tells of its scripts. */
function filesOfLeakwatch(coverage: string): readonly string[] {
  const scripts = readdirSync(coverage).flatMap(name => JSON.parse(readFileSync(join(coverage, name), 'utf8')).result as { url: string }[])
  return scripts.filter(({ url }) => url.includes('/leakwatch/dist/')).map(({ url }) => basename(url)).toSorted()
}

function write(name: string, text: string): string {
  writeFileSync(join(consumer, name), text)
  return join(consumer, name)
}

function runConsumer(name: string, text: string) {
  return runNode({ script: write(name, text), cwd: consumer, register: false })
}

async function command(words: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runCommand(words, { cwd, timeoutMs: 120_000 })
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}`)
  return stdout
}
