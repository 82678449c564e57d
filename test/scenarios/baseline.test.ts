// A team switches leakwatch on in a code base that leaks: real programs, their baseline on file.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { matches } from '../support/matches.ts'
import { inRoot } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { type Run, runCommand, runNode, type RunOptions } from '../support/run.ts'

const program = `import { openSync } from 'node:fs'
import { borrow } from 'lender'
function hold(path) { return openSync(path, 'r') }
const kinds = process.argv.slice(2)
if (kinds.includes('own')) hold('/dev/null')
if (kinds.includes('twice')) { hold('/dev/null'); hold('/dev/null') }
if (kinds.includes('other')) { const other = path => openSync(path, 'r'); other('/dev/zero') }
if (kinds.includes('lent')) borrow('/dev/null')
`
const lender = { 'index.js': 'const { openSync } = require("fs")\nconst open = path => openSync(path, "r")\nexports.borrow = function borrow(path) { return open(path) }\n' }
const minified = { 'dist.min.js': 'var o=require("fs").openSync;function a(e){return b(e)}function b(e){return c(e)}var c=e=>o(e,"r");exports.borrow=e=>a(e)\n' }

function project(t: Test): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-project-')))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  writeFileSync(join(root, 'main.js'), program)
  install(root, '1.0.0', lender)
  return root
}

function install(root: string, version: string, files: Readonly<Record<string, string>>): void {
  const directory = join(root, 'node_modules', 'lender')
  rmSync(directory, { recursive: true, force: true })
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'lender', version, type: 'commonjs', main: Object.keys(files)[0] }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
}

interface Play extends RunOptions {
  readonly update?: boolean
}

function play(root: string, kinds: readonly string[], { update = false, ...options }: Play = {}): Promise<Run> {
  const env = { LEAKWATCH_BASELINE: 'leakwatch-baseline.json', LEAKWATCH_EXIT_CODE: '3', ...(update ? { LEAKWATCH_BASELINE_UPDATE: '1' } : {}), ...options.env }
  return runNode({ script: join(root, 'main.js'), cwd: root, args: kinds, ...options, env })
}

const onFile = (root: string) => JSON.parse(readFileSync(join(root, 'leakwatch-baseline.json'), 'utf8')).leaks as { site: string, count: number, reason: string }[]
const statesOf = ({ report }: Run) => report.baseline.entries.map(({ state, site }: { state: string, site: string }) => `${state} ${site}`)

t.test('an update puts every leak on file; after it those are known, and new and grown ones alone fail', async t => {
  const root = project(t)
  const first = await play(root, ['own', 'lent'], { update: true })
  t.match({ code: first.code, stderr: first.stderr }, { code: 0, stderr: '' })
  t.strictSame(statesOf(first), ['new lender, from main.js', 'new main.js in hold'])
  const text = readFileSync(join(root, 'leakwatch-baseline.json'), 'utf8')
  t.notMatch(text, root)
  matches(t, onFile(root), [{ site: 'lender, from main.js', type: 'fd', count: 1, firstSeen: /^\d{4}-\d\d-\d\d$/, programs: ['main.js'] }, { site: 'main.js in hold' }])

  const known = await play(root, ['own', 'lent'])
  matches(t, known, { code: 0, stderr: '', report: { leaks: [], known: [{ reason: /nobody has said yet/ }, {}] } })
  t.strictSame(schemaFaults(known.report), [])
  t.strictSame(statesOf(known), ['known lender, from main.js', 'known main.js in hold'])
  t.match(await play(root, ['own', 'lent'], { format: 'text' }), { code: 0, stderr: '' })

  const worse = await play(root, ['own', 'lent', 'other'])
  t.equal(worse.code, 3)
  t.strictSame(statesOf(worse).toSorted(), ['known lender, from main.js', 'known main.js in hold', 'new main.js in other'])
  const grown = await play(root, ['twice', 'own', 'lent'])
  t.equal(grown.code, 3)
  t.ok(statesOf(grown).includes('grown main.js in hold'), statesOf(grown).join())
  t.equal(readFileSync(join(root, 'leakwatch-baseline.json'), 'utf8'), text, 'nothing writes it but an update')
})

t.test('what is fixed is named, and an update takes it out', async t => {
  const root = project(t)
  await play(root, ['own', 'other'], { update: true })
  const { code, stderr } = await play(root, ['own'], { format: 'text' })
  t.equal(code, 0)
  t.match(stderr, /\nbaseline leakwatch-baseline\.json: 1 known, 1 fixed\n {2}fixed {2}1 file descriptor at main\.js in other, on file since .*\n {2}LEAKWATCH_BASELINE_UPDATE=1 takes what is fixed out/)
  t.equal(onFile(root).length, 2)
  await play(root, ['own'], { update: true })
  matches(t, onFile(root), [{ site: 'main.js in hold' }])
  t.equal(onFile(root).length, 1)
})

t.test('a run that failed, or recorded other types, or goes on has fixed nothing', async t => {
  const root = project(t)
  const failing = "if (process.argv[2] === 'fails') throw new Error('no configuration')\nif (process.argv[2] === 'refuses') process.exit(1)\n"
  writeFileSync(join(root, 'main.js'), failing + program.replace("import { borrow } from 'lender'\n", ''))
  await play(root, ['own', 'other'], { update: true })
  const before = onFile(root)
  t.equal(before.length, 2)
  for (const [kinds, types] of [[['fails'], undefined], [['refuses'], undefined], [[], 'net']] as const) {
    const { report } = await play(root, kinds, { update: true, ...types === undefined ? {} : { types } })
    t.strictSame(report.baseline.entries, [], `${kinds[0] ?? types}`)
    t.strictSame(onFile(root), before)
  }
  writeFileSync(join(root, 'main.js'), `import { watch } from ${JSON.stringify(new URL('../../lib/main.js', import.meta.url).href)}
const w = watch({ baseline: 'leakwatch-baseline.json', settleMs: 1 })
const { baseline } = await w.check()
console.log(baseline.entries.length)
w.stop()
`)
  const { stdout } = await play(root, [], { update: true, register: false })
  t.equal(stdout, '0\n')
  t.strictSame(onFile(root), before)
  writeFileSync(join(root, 'main.js'), program)
  await play(root, [], { update: true })
  t.strictSame(onFile(root), [])
})

t.test('what was borne until a day that is over fails', async t => {
  const root = project(t)
  await play(root, ['own'], { update: true })
  const path = join(root, 'leakwatch-baseline.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace('"programs"', '"until": "2020-01-01",\n      "programs"'))
  const { code, report } = await play(root, ['own'])
  matches(t, { code, report }, { code: 3, report: { leaks: [{ reason: /bore it until 2020-01-01/ }], baseline: { entries: [{ state: 'expired', until: '2020-01-01' }] } } })
})

t.test('fingerprints survive moved lines, another checkout, and another release of a package that is minified', async t => {
  const root = project(t)
  await play(root, ['own', 'lent'], { update: true })
  const elsewhere = `${root}-elsewhere`
  t.teardown(() => rmSync(elsewhere, { recursive: true, force: true }))
  cpSync(root, elsewhere, { recursive: true })
  writeFileSync(join(elsewhere, 'main.js'), program.replace('function hold', '\n\n// moved\n  function hold').replace('const kinds', '\nconst kinds'))
  install(elsewhere, '2.0.0', minified)
  const moved = await play(elsewhere, ['own', 'lent'])
  t.strictSame(statesOf(moved), ['known lender, from main.js', 'known main.js in hold'])
  t.equal(moved.code, 0)
})

t.test('processes that run side by side lose nothing of each other, and keep what people wrote', async t => {
  const root = project(t)
  await play(root, ['own'], { update: true })
  const path = join(root, 'leakwatch-baseline.json')
  writeFileSync(path, readFileSync(path, 'utf8').replace(/"reason": ".*"/, '"reason": "the log stays open"'))
  // Each waits until all have begun, and so have read the file.
  const waiting = `import { readdirSync, writeFileSync } from 'node:fs'
writeFileSync(\`begun/\${process.pid}\`, '')
while (readdirSync('begun').length < 4) await new Promise(resolve => setImmediate(resolve))
`
  mkdirSync(join(root, 'begun'))
  writeFileSync(join(root, 'main.js'), `${waiting}${program}`)
  await Promise.all([['own'], ['other'], ['lent'], []].map(kinds => play(root, kinds, { update: true })))
  t.strictSame(onFile(root).map(({ site, reason }) => [site, reason.slice(0, 12)]), [['lender, from main.js', 'On file unse'], ['main.js in hold', 'the log stay'], ['main.js in other', 'On file unse']])
})

t.test('programs that run one after the other bear their own', async t => {
  const root = project(t)
  writeFileSync(join(root, 'second.js'), program)
  await play(root, ['own'], { update: true })
  await play(root, ['other'], { update: true, script: join(root, 'second.js') })
  t.equal(onFile(root).length, 2)
  const { report } = await play(root, ['own'])
  t.strictSame(report.baseline.entries.map(({ state }: { state: string }) => state), ['known'])
})

t.test('what leaks in a Worker is on file as its own, which the main thread does not take out', async t => {
  const root = project(t)
  writeFileSync(join(root, 'worker.js'), 'import { openSync } from "node:fs"\nfunction inside() { openSync("/dev/null", "r") }\ninside()\n')
  writeFileSync(join(root, 'main.js'), `import { Worker } from 'node:worker_threads'\n${program}\nnew Worker(new URL('./worker.js', import.meta.url))\n`)
  await play(root, ['own'], { update: true })
  await play(root, ['own'], { update: true })
  matches(t, onFile(root), [{ site: 'main.js in hold', programs: ['main.js'] }, { site: 'worker.js in inside', programs: ['worker.js (Worker)'] }])
  const { report, reports } = await play(root, ['own'])
  t.strictSame(statesOf({ report } as Run), ['known main.js in hold'])
  const [threaded] = [...reports.values()].filter(({ process }) => process.threadId > 0)
  t.strictSame(statesOf({ report: threaded } as Run), ['known worker.js in inside'])
})

t.test('a file that is missing or broken is named once, and the program runs on without it', async t => {
  const root = project(t)
  const missing = await play(root, ['own'])
  matches(t, missing, { code: 3, stderr: `leakwatch: the baseline ${join(root, 'leakwatch-baseline.json')} does not exist: LEAKWATCH_BASELINE_UPDATE=1 creates it.\n`, report: { leaks: [{ count: 1 }] } })
  writeFileSync(join(root, 'leakwatch-baseline.json'), '{"schema":"leakwatch-baseline/1","leaks":[{"fingerprint":1}]}')
  for (const update of [false, true]) {
    const broken = await play(root, ['own'], { update })
    matches(t, broken, { code: 3, report: { leaks: [{ count: 1 }], baseline: null } })
    t.match(broken.stderr, /^leakwatch: no baseline is used: .*leakwatch-baseline\.json, leaks\[0\]: 'fingerprint' wants sixteen hexadecimal digits, but is 1\.\n$/)
  }
})

t.test('a directory that can not be written is said, and the program ends as ever', async t => {
  const root = project(t)
  const { code, stderr } = await play(root, ['own'], { update: true, env: { LEAKWATCH_BASELINE: 'none/leakwatch-baseline.json' } })
  t.equal(code, 3)
  t.match(stderr, /^leakwatch: the baseline is not brought up to date: ENOENT/)
})

t.test('a watch takes a baseline as an option', async t => {
  const root = project(t)
  const lib = new URL('../../lib/index.js', import.meta.url).href
  writeFileSync(join(root, 'main.js'), `import { openSync } from 'node:fs'
import { watch } from ${JSON.stringify(lib)}
const w = watch({ baseline: 'leakwatch-baseline.json', settleMs: 0 })
const hold = path => openSync(path, 'r')
hold('/dev/null')
const { baseline, leaks, known } = await w.check()
console.log(baseline.entries.map(({ state }) => state).join(), leaks.length, known.length)
`)
  const options = { register: false, cwd: root, script: join(root, 'main.js') }
  t.equal((await runNode({ ...options, env: { LEAKWATCH_BASELINE_UPDATE: '1' } })).stdout, 'new 1 0\n')
  t.equal((await runNode(options)).stdout, 'known 0 1\n')
  renameSync(join(root, 'leakwatch-baseline.json'), join(root, 'gone.json'))
  t.match(await runNode(options), { stdout: 'new 1 0\n', stderr: /does not exist/ })
})

t.test('in tests an entry bears as many as are on file, and what is fixed is named, then taken out', async t => {
  const root = project(t)
  const tests = "import fs from 'node:fs'\nimport test from 'node:test'\nfor (const kind of ['a', 'b']) test(kind, t => { if (process.env.KINDS === 'skip') return t['skip'](); if (process.env.KINDS.includes(kind)) fs.openSync('/dev/null') })\n"
  writeFileSync(join(root, 'some.test.js'), tests)
  const run = async (kinds: string, update = '0') => await runCommand(
    [process.execPath, '--import', inRoot('dist/lib/adapters/node-test.js'), '--test-reporter=tap', 'some.test.js'],
    { cwd: root, env: { KINDS: kinds, LEAKWATCH_BASELINE: 'baseline.json', LEAKWATCH_BASELINE_UPDATE: update } },
  )
  const counts = () => (JSON.parse(readFileSync(join(root, 'baseline.json'), 'utf8')) as { leaks: { count: number }[] }).leaks.map(({ count }) => count)
  t.equal((await run('a', '1')).code, 0)
  t.strictSame(counts(), [1])
  t.equal((await run('a')).code, 0)
  const grown = await run('ab')
  t.equal(grown.code, 1)
  t.match(grown.stdout, 'More than the 1 that the baseline bears.')
  t.equal((await run('ab', '1')).code, 0)
  t.strictSame(counts(), [2])
  t.equal((await run('skip', '1')).code, 0)
  t.strictSame(counts(), [2], 'of tests that skip themselves nothing is known')
  const fixed = await run('')
  t.match(fixed, { code: 0, stderr: /leakwatch: baseline baseline\.json: 1 fixed\n/ })
  t.match(await run('', '1'), { code: 0, stderr: '' })
  t.strictSame(counts(), [])
})
