import { resolve } from 'node:path'
import t from 'tap'
import { defaultGroups } from '../../../lib/model/resource.ts'
import { resolveTests } from '../../../lib/session/tests/settings.ts'
import { readEnv } from '../../../lib/session/options/env.ts'
import { type Plan, unaskedPlan } from '../../../lib/session/options/plan.ts'
import { readPlan } from '../../../lib/session/options/read-plan.ts'
import { matches } from '../../support/matches.ts'
import { fixture } from '../../support/paths.ts'
import { runNode } from '../../support/run.ts'

const read = (env: Record<string, string>) => readEnv(env, { options: {}, tests: resolveTests({}), notes: [] })

// Somebody who asks for what others get anyway is told from them.
function asked(plan: Plan): Plan {
  t.equal(plan.settings.isUnasked, true)
  return { ...plan, settings: { ...plan.settings, isUnasked: false } }
}

t.test('without variables everything has its default', async t => {
  const plan = read({ PATH: '/bin', LEAK: 'x' })
  matches(t, plan, { format: 'text', output: null, signal: null, exitCode: null, notes: [], settings: { mode: 'full', depth: 16 } })
  t.strictSame([...plan.when], ['exit', 'emfile'])
  t.ok(plan.settings.types.has('fd') && plan.settings.types.has('TCPWRAP') && plan.settings.types.has('FSREQCALLBACK'))
})

t.test('who asks for nothing gets what reading nothing gives', async t => {
  t.strictSame(asked(unaskedPlan(defaultGroups)), read({}))
  t.strictSame(asked(readPlan({ PATH: '/bin' }, null)), read({}))
  const wanted = readEnv({}, { options: { types: ['fs', 'timers'] }, tests: resolveTests({}), notes: [] })
  t.strictSame(asked(readPlan({}, null, ['fs', 'timers'])), wanted)
  matches(t, readPlan({ LEAKWATCH_DEPTH: '3' }, null, ['timers']), { settings: { depth: 3, types: new Set(['Timeout', 'Immediate']) } })
})

t.test('every variable is read', async t => {
  const plan = read({
    LEAKWATCH: 'count', LEAKWATCH_TYPES: ' net, fd ', LEAKWATCH_FORMAT: 'json', LEAKWATCH_OUTPUT: 'a/{pid}.json', LEAKWATCH_WHEN: 'exit,signal', LEAKWATCH_BASELINE: 'b.json',
    LEAKWATCH_SIGNAL: 'SIGUSR2', LEAKWATCH_EXIT_CODE: '3', LEAKWATCH_DEPTH: '64',
  })
  matches(t, plan, { format: 'json', output: 'a/{pid}.json', signal: 'SIGUSR2', exitCode: 3, notes: [], settings: { mode: 'count', depth: 64, baseline: 'b.json' } })
  t.strictSame([...plan.when], ['exit', 'signal'])
  t.equal(plan.settings.types.has('FILEHANDLE'), false)
  t.equal(plan.settings.types.has('UDPWRAP'), true)
  t.equal(plan.settings.types.has('fd'), true)
})

t.test('a variable that is empty has its default', async t => {
  t.match(read({ LEAKWATCH: '', LEAKWATCH_TYPES: '', LEAKWATCH_FORMAT: '', LEAKWATCH_OUTPUT: '', LEAKWATCH_WHEN: '', LEAKWATCH_SIGNAL: '', LEAKWATCH_EXIT_CODE: '', LEAKWATCH_DEPTH: '' }), read({}))
})

t.test('paths are meant from where the program began', async t => {
  t.equal(read({ LEAKWATCH_BASELINE: 'b.json' }).settings.baseline, resolve('b.json'))
  t.equal(read({ LEAKWATCH_OUTPUT: 'a/{pid}.json' }).output, resolve('a/{pid}.json'))
})

t.test('a profile is bytes: where no file is named for it, that is noted and reports are text', async t => {
  matches(t, read({ LEAKWATCH_FORMAT: 'pprof' }), { format: 'text', notes: [/^LEAKWATCH_FORMAT=pprof is bytes for a file, but LEAKWATCH_OUTPUT names none: set it, such as LEAKWATCH_OUTPUT=leaks-\{pid\}\.pprof\. /] })
  matches(t, read({ LEAKWATCH_FORMAT: 'pprof', LEAKWATCH_OUTPUT: 'a.pprof' }), { format: 'pprof', output: resolve('a.pprof'), notes: [] })
})

t.test('what is blank is not given, and a list of nothing is named', async t => {
  t.match(read({ LEAKWATCH: ' ', LEAKWATCH_OUTPUT: ' ', LEAKWATCH_BASELINE: ' ' }), read({}))
  matches(t, read({ LEAKWATCH_TYPES: ',', LEAKWATCH_WHEN: ' , ' }).notes, [
    "LEAKWATCH_TYPES wants groups or types, comma-separated, but was given ','.",
    "LEAKWATCH_WHEN wants any of exit, signal, emfile, threshold, comma-separated, but was given ','.",
  ])
})

t.test('a list may end with a comma', async t => {
  const { notes, settings, when } = read({ LEAKWATCH_TYPES: 'fs, ,', LEAKWATCH_WHEN: 'exit,' })
  t.strictSame(notes, [])
  t.strictSame([...when], ['exit'])
  t.strictSame(settings.types, read({ LEAKWATCH_TYPES: 'fs' }).settings.types)
})

t.test('a signal is listened to beside the others unless told otherwise', async t => {
  t.strictSame([...read({ LEAKWATCH_SIGNAL: 'SIGUSR2' }).when], ['exit', 'emfile', 'signal'])
  t.strictSame([...read({ LEAKWATCH_SIGNAL: 'SIGUSR2', LEAKWATCH_WHEN: 'exit' }).when], ['exit'])
})

const misread: readonly (readonly [name: string, value: string, note: RegExp])[] = [
  ['LEAKWATCH', 'ful', /^LEAKWATCH wants one of off, count, adaptive, full, but was given 'ful'\. Did you mean 'full'\?$/],
  ['LEAKWATCH', 'true', /^LEAKWATCH wants one of/],
  ['LEAKWATCH', 'adaptiv', /Did you mean 'adaptive'\?$/],
  ['LEAKWATCH_BUDGET', '1', /^LEAKWATCH_BUDGET wants a share of one core, such as 1% or 0\.01, but was given '1'\. Did you mean '1%'\?$/],
  ['LEAKWATCH_BUDGET', '1,5 %', /Did you mean '1\.5%'\?$/],
  ['LEAKWATCH_BUDGET', '200%', /Did you mean '100%'\?$/],
  ['LEAKWATCH_BUDGET', '0%', /such as 1% or 0\.01, but was given '0%'\.$/],
  ['LEAKWATCH_BUDGET', '-1%', /given '-1%'\.$/],
  ['LEAKWATCH_BUDGET', 'little', /given 'little'\.$/],
  ['LEAKWATCH_BUDGTE', '1%', /Did you mean 'LEAKWATCH_BUDGET'\?$/],
  ['LEAKWATCH_FORMAT', 'jsno', /Did you mean 'json'\?$/],
  ['LEAKWATCH_FORMAT', 'xml', /one of text, json.*given 'xml'/],
  ['LEAKWATCH_TYPES', 'TCPWARP', /^LEAKWATCH_TYPES wants a group or type that leakwatch records, but was given 'TCPWARP'\. Did you mean 'TCPWRAP'\?$/],
  ['LEAKWATCH_WHEN', 'exti', /Did you mean 'exit'\?$/],
  ['LEAKWATCH_SIGNAL', 'SIGUSER2', /Did you mean 'SIGUSR2'\?$/],
  ['LEAKWATCH_SIGNAL', 'usr2', /^LEAKWATCH_SIGNAL wants the name of a signal that a process can listen to, such as SIGUSR2, but was given 'usr2'\. Did you mean 'SIGUSR2'\?$/],
  ['LEAKWATCH_SIGNAL', 'SIGKILL', /listen to, such as SIGUSR2, but was given 'SIGKILL'\.$/],
  ['LEAKWATCH_EXIT_CODE', '-1', /a whole number from 1 to 255, but was given '-1'/],
  ['LEAKWATCH_EXIT_CODE', '256', /given '256'/],
  ['LEAKWATCH_EXIT_CODE', 'one', /given 'one'/],
  ['LEAKWATCH_DEPTH', '-1', /a whole number from 0 to 64, but was given '-1'/],
  ['LEAKWATCH_DEPTH', '65', /given '65'/],
  ['LEAKWATCH_DEPTH', '1e1', /given '1e1'/],
  ['LEAKWATCH_BASELINE_UPDATE', 'yes', /^LEAKWATCH_BASELINE_UPDATE wants one of 0, 1, but was given 'yes'/],
  ['LEAKWATCH_BASLINE', 'x', /Did you mean 'LEAKWATCH_BASELINE'\?$/],
  ['LEAKWATCH_FROMAT', 'json', /^LEAKWATCH_FROMAT is no setting of leakwatch\. Did you mean 'LEAKWATCH_FORMAT'\?$/],
  ['LEAKWATCH_COLOUR_OF_THE_REPORT', '1', /is no setting of leakwatch\. Valid are LEAKWATCH, LEAKWATCH_BUDGET, /],
  ['leakwatch_depth', '3', /^leakwatch_depth is no setting of leakwatch\. Did you mean 'LEAKWATCH_DEPTH'\?$/],
]

for (const [name, value, note] of misread) {
  t.test(`${name}=${value} is noted, and the default stands in its place`, async t => {
    const { notes, ...plan } = read({ [name]: value })
    const { notes: _, ...rest } = read({})
    matches(t, notes, [note])
    t.equal(notes.length, 1)
    t.strictSame(plan, rest)
  })
}

t.test('of several types and occasions, those that are known stay', async t => {
  const plan = read({ LEAKWATCH_TYPES: 'fd,file', LEAKWATCH_WHEN: 'exit,crash' })
  t.strictSame([...plan.settings.types], ['fd'])
  t.strictSame([...plan.when], ['exit'])
  t.equal(plan.notes.length, 2)
})

t.test('what is misread is said on stderr once, and the program runs', async t => {
  const { code, stdout, stderr } = await runNode({ eval: 'console.log("ran")', format: 'text', env: { LEAKWATCH_DEPTH: 'deep', LEAKWATCH_OUPTUT: 'x', LEAKWATCH_TYPES: 'fd,nte' } })
  t.match({ code, stdout }, { code: 0, stdout: 'ran\n' })
  t.strictSame(stderr.split('\n').map(line => line.slice(0, 34)), ['leakwatch: LEAKWATCH_OUPTUT is no s', 'leakwatch: LEAKWATCH_TYPES wants a ', 'leakwatch: LEAKWATCH_DEPTH wants a ', ''].map(line => line.slice(0, 34)))
})

t.test('LEAKWATCH=off records nothing and taps nothing, yet names what is misread', async t => {
  const { report, stderr, stdout } = await runNode({ eval: 'console.log(require("fs").openSync.toString().includes("native") || require("fs").openSync.name); require("fs").openSync(process.execPath)', env: { LEAKWATCH: 'off' } })
  t.match({ report, stderr, stdout }, { report: null, stderr: '', stdout: 'openSync\n' })
})

for (const [given, budget] of [['1%', 0.01], ['0.5 %', 0.005], ['.25%', 0.0025], ['100%', 1], ['0.02', 0.02], ['.5', 0.5]] as const) {
  t.test(`LEAKWATCH_BUDGET=${given} is ${budget} of a core`, async t => {
    matches(t, read({ LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: given }), { notes: [], settings: { mode: 'adaptive', budget } })
  })
}

t.test('a budget is for what is adaptive: where that is not asked for, a note says so', async t => {
  matches(t, read({ LEAKWATCH_BUDGET: '2%' }), { notes: ['LEAKWATCH_BUDGET is what stacks may take with LEAKWATCH=adaptive, but the mode is full.'], settings: { mode: 'full', budget: 0.02 } })
  matches(t, read({ LEAKWATCH: 'count', LEAKWATCH_BUDGET: '2%' }).notes, [/but the mode is count\.$/])
  t.strictSame(readEnv({ LEAKWATCH_BUDGET: '2%' }, { options: { mode: 'adaptive' }, tests: resolveTests({}), notes: [] }).notes, [])
  matches(t, read({}), { settings: { budget: 0.01 } })
})

t.test('LEAKWATCH=count counts without lines', async t => {
  const { report } = await runNode({ script: fixture('types', 'fd-open-sync.mjs'), env: { LEAKWATCH: 'count' } })
  matches(t, report, { leaks: [{ type: 'fd', count: 11, site: { frames: [], user: -1, app: -1 } }], sampled: { captured: 0 } })
})

for (const [depth, frames] of [[1, 1], [2, 2], [64, 42]] as const) {
  t.test(`LEAKWATCH_DEPTH=${depth} keeps ${frames} of 42 frames`, async t => {
    const program = 'const fs = require("fs"); function nested(depth) { if (depth > 0) return nested(depth - 1); fs.openSync(process.execPath) } nested(40)'
    const { report } = await runNode({ eval: `${program}`, env: { LEAKWATCH_DEPTH: String(depth) } })
    const kept = report.leaks[0].site.frames.filter(({ file }: { file: string | null }) => file === '[eval]')
    t.equal(kept.length, frames)
    t.equal(report.leaks[0].site.user, 0)
  })
}

t.test('LEAKWATCH_DEPTH=0 captures no stack', async t => {
  const { report } = await runNode({ eval: 'require("fs").openSync(process.execPath)', env: { LEAKWATCH_DEPTH: '0' } })
  matches(t, report, { leaks: [{ count: 1, site: { frames: [] } }], sampled: { captured: 0 } })
})

t.test('an exit code is for leaks at exit: where no report is asked for there, a note says so', async t => {
  matches(t, read({ LEAKWATCH_EXIT_CODE: '3', LEAKWATCH_WHEN: 'emfile' }).notes, [/^LEAKWATCH_EXIT_CODE is for leaks at exit/])
  t.strictSame(read({ LEAKWATCH_EXIT_CODE: '3', LEAKWATCH_WHEN: 'emfile,exit' }).notes, [])
  t.strictSame(read({ LEAKWATCH_EXIT_CODE: '3' }).notes, [])
})

t.test('what is said of a variable moves no cursor and gives no command', async t => {
  const { stderr } = await runNode({ eval: '0', env: { LEAKWATCH_TYPES: 'a\u001b[2Jb##[error]c' } })
  t.match(stderr, /^leakwatch: LEAKWATCH_TYPES wants a group or type that leakwatch records, but was given 'a\\x1b\[2Jb#\\x23\[error\]c'\. /)
})
