import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { resolveTests } from '../../../lib/session/tests/settings.ts'
import { readConfig } from '../../../lib/session/options/config.ts'
import { findOptions } from '../../../lib/session/options/file.ts'
import { matches } from '../../support/matches.ts'
import { runNode } from '../../support/run.ts'

function directory(t: Test, files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(join(tmpdir(), 'leakwatch-config-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'src'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), typeof content === 'string' ? content : JSON.stringify(content))
  return root
}

const tests = resolveTests({})
const read = (env: Record<string, string>, cwd: string | null) => readConfig(findOptions(env, cwd))

t.test('options come from the key leakwatch of the nearest package.json that has one', async t => {
  const root = directory(t, { 'package.json': { leakwatch: { depth: 3 } }, 'src/package.json': { type: 'module' } })
  t.strictSame(read({}, join(root, 'src')), { options: { depth: 3 }, tests, notes: [] })
})

t.test('LEAKWATCH_CONFIG names a file of JSON, which goes before package.json', async t => {
  const root = directory(t, { 'package.json': { leakwatch: { depth: 3 } }, 'watch.json': { types: ['fs'], pendingAfterMs: 5 } })
  t.strictSame(read({ LEAKWATCH_CONFIG: join(root, 'watch.json') }, root).options, { types: ['fs'], pendingAfterMs: 5 })
  t.strictSame(read({ LEAKWATCH_CONFIG: ` ${join(root, 'watch.json')} ` }, null).options, { types: ['fs'], pendingAfterMs: 5 })
  writeFileSync(join(root, 'marked.json'), '\ufeff{ "depth": 5 }')
  t.strictSame(read({ LEAKWATCH_CONFIG: join(root, 'marked.json') }, root), { options: { depth: 5 }, tests, notes: [] })
})

t.test('a baseline lies beside the file that names it, wherever the program runs', async t => {
  const root = directory(t, { 'package.json': { leakwatch: { baseline: 'leaks.json' } }, 'watch.json': { baseline: '../leaks.json' } })
  t.equal(read({}, join(root, 'src')).options.baseline, join(root, 'leaks.json'))
  t.equal(read({ LEAKWATCH_CONFIG: join(root, 'watch.json') }, '/').options.baseline, join(root, '../leaks.json'))
})

t.test('without a file there are no options, and a package.json that is broken is none', async t => {
  t.strictSame(read({}, directory(t, { 'package.json': '{' })), { options: {}, tests, notes: [] })
  t.strictSame(read({}, null), { options: {}, tests, notes: [] })
})

t.test('what is wrong is named with its file, and the rest stands', async t => {
  const root = directory(t, { 'watch.json': { depht: 3, depth: 4, mode: 'fast' }, 'text.json': 'depth: 3', 'list.json': [] })
  const named = (name: string) => read({ LEAKWATCH_CONFIG: join(root, name) }, root)
  t.strictSame(named('watch.json'), {
    tests,
    options: { depth: 4 },
    notes: [
      `${join(root, 'watch.json')}: Unknown option 'depht'. Did you mean 'depth'?`,
      `${join(root, 'watch.json')}: Option 'mode' wants one of off, count, adaptive, full, but was given 'fast'. Valid are off, count, adaptive, full.`,
    ],
  })
  matches(t, named('text.json').notes, [/^LEAKWATCH_CONFIG: .*text\.json wants JSON/])
  matches(t, named('none.json').notes, [/^LEAKWATCH_CONFIG: .*none\.json can't be read \(ENOENT/])
  matches(t, named('list.json').notes, [/list\.json wants an object of options\.$/])
})

t.test('a preload and a watch take their options from there; the environment and what is given go first', async t => {
  const config = { types: ['fs'], known: [{ path: '/dev/null', reason: 'kept open on purpose' }], ignored: [{ path: '/dev/zero' }, { type: 'UDPWRAP' }] }
  const cwd = directory(t, { 'package.json': { leakwatch: config } })
  const program = 'const fs = require("fs"); fs.openSync("/dev/null"); fs.openSync("/dev/zero"); fs.openSync("/dev/full"); require("net").createServer().listen(0, () => process.exit())'
  const { report, stderr } = await runNode({ eval: program, cwd })
  matches(t, report, { leaks: [{ resources: [{ target: '/dev/full' }] }], known: [{ reason: 'kept open on purpose', resources: [{ target: '/dev/null' }] }] })
  t.equal(report.leaks.length, 1)
  t.equal(stderr, '')
  const { report: wider } = await runNode({ eval: program, cwd, types: 'net' })
  matches(t, wider.leaks, [{ type: 'TCPSERVERWRAP' }])
  const { stderr: text } = await runNode({ eval: program, cwd, format: 'text' })
  t.match(text, /\nknown leaks, borne\n {2}1 file descriptor opened at \[eval\].*\(\/dev\/null\)\. kept open on purpose\n/)
  t.match(text, /\nA matcher of 'ignored' matched nothing: \{"type":"UDPWRAP"\}\n/)
})

t.test('paths are meant from where the program began, or asked for a watch, wherever it goes from there', async t => {
  const cwd = directory(t, { 'watch.json': { depth: 1 } })
  const lib = new URL('../../../lib/index.js', import.meta.url).href
  const program = (ask: string) => `
    const fs = require('node:fs')
    import(${JSON.stringify(lib)}).then(async ({ watch }) => {
      const asked = ${ask}
      process.chdir('src')
      const w = asked ?? watch()
      fs.openSync('/dev/null')
      const { leaks: [leak] } = await w.check()
      console.log(leak.site.frames.length)
    })`
  const ran = (ask: string, env: Record<string, string>) => runNode({ eval: program(ask), cwd, register: false, env })
  matches(t, await ran('null', { LEAKWATCH_CONFIG: 'watch.json' }), { stdout: '1\n', stderr: '' })
  writeFileSync(join(cwd, 'base.json'), JSON.stringify({ schema: 'leakwatch-baseline/1', leaks: [] }))
  matches(t, await ran("watch({ baseline: 'base.json', settleMs: 0 })", {}), { stdout: '1\n', stderr: '' })
})

t.test('an option of a watch that is undefined is not given', async t => {
  const cwd = directory(t, { 'package.json': { leakwatch: { types: ['net'] } } })
  const lib = new URL('../../../lib/index.js', import.meta.url).href
  const program = `import(${JSON.stringify(lib)}).then(async ({ watch }) => {
    const w = watch({ types: undefined, settleMs: 0 })
    require('node:fs').openSync('/dev/null')
    console.log((await w.check()).leaks.length)
  })`
  t.equal((await runNode({ eval: program, cwd, register: false })).stdout, '0\n')
})

t.test('a watch that finds a broken file throws, and a preload says so and goes on', async t => {
  const cwd = directory(t, { 'package.json': { leakwatch: { dept: 1 } } })
  const lib = new URL('../../../lib/index.js', import.meta.url).href
  const { stdout } = await runNode({ eval: `import(${JSON.stringify(lib)}).then(({ watch }) => watch()).catch(error => console.log(error.code))`, cwd, register: false })
  t.equal(stdout, 'ERR_LEAKWATCH_CONFIG\n')
  const { stderr, code } = await runNode({ eval: '0', cwd })
  t.match(stderr, /^leakwatch: .*package\.json, key 'leakwatch': Unknown option 'dept'\. Did you mean 'depth'\?\n$/)
  t.equal(code, 0)
})
