// The report at the end of a program: after all that the program does there, and without a trace in how it ends.
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { matches } from '../../support/matches.ts'
import { fixture, registerUrl, root } from '../../support/paths.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import { runNode } from '../../support/run.ts'

const open = 'const fs = require("fs"); const fd = fs.openSync(process.execPath);'

// As signal-exit does.
const around = (what: string) => `const inner = process.emit; process.emit = function (...args) { const result = inner.apply(this, args); if (args[0] === "exit") { ${what} } return result };`

const closes: Readonly<Record<string, string>> = {
  'an exit listener': 'process.on("exit", () => fs.closeSync(fd))',
  'the last of many exit listeners': 'for (let i = 0; i < 7; i++) process.on("exit", () => {}); process.on("exit", () => fs.closeSync(fd))',
  'an exit listener that was added by another': 'process.on("exit", () => process.on("exit", () => {})); process.prependListener("exit", () => fs.closeSync(fd))',
  'a beforeExit listener': 'process.once("beforeExit", () => setTimeout(() => fs.closeSync(fd), 1))',
  'an exit listener after process.exit()': 'process.on("exit", () => fs.closeSync(fd)); process.exit()',
  'an exit listener that calls process.exit()': 'process.on("exit", () => { fs.closeSync(fd); process.exit() })',
  'an emit around ours': around('fs.closeSync(fd)'),
  'an emit around ours, after process.exit()': `${around('fs.closeSync(fd)')} process.exit()`,
  'an emit around ours that came as the loop ran empty': `process.on("beforeExit", () => { ${around('fs.closeSync(fd)')} })`,
  'the first of two emits around ours': `${around('fs.closeSync(fd)')} { ${around('')} }`,
}

for (const [who, what] of Object.entries(closes)) {
  t.test(`what ${who} closes is no leak`, async t => {
    const { report, stderr, reports } = await runNode({ eval: `${open} ${what}` })
    matches(t, { stderr, report }, { stderr: '', report: { reason: 'exit', leaks: [] } })
    t.equal(reports.size, 1)
  })
}

const ends: Readonly<Record<string, { readonly program: string, readonly code: number, readonly stderr?: RegExp }>> = {
  'runs to its end': { program: '', code: 0 },
  'calls process.exit()': { program: 'process.exit()', code: 0 },
  'calls process.exit(5)': { program: 'process.exit(5)', code: 5 },
  'sets process.exitCode': { program: 'process.exitCode = 6', code: 6 },
  'calls process.exit() in an exit listener': { program: 'process.on("exit", () => process.exit(7))', code: 7 },
  'calls process.exit() in a timer': { program: 'setTimeout(() => process.exit(8), 1); setInterval(() => {}, 1000)', code: 8 },
  'sets process.exitCode in an exit listener': { program: 'process.on("exit", () => { process.exitCode = 9 })', code: 9 },
  'throws': { program: 'throw new Error("of the program")', code: 1, stderr: /Error: of the program/ },
  'throws in a callback': { program: 'setImmediate(() => { throw new Error("of the program") })', code: 1, stderr: /Error: of the program/ },
  'throws in an exit listener': { program: 'process.on("exit", () => { throw new Error("of the program") })', code: 1, stderr: /Error: of the program/ },
  'leaves a rejection unhandled': { program: 'Promise.reject(new Error("of the program"))', code: 1, stderr: /Error: of the program/ },
  'handles its uncaught error and ends': { program: 'process.on("uncaughtException", () => process.exit(10)); throw new Error("of the program")', code: 10 },
  'calls process.reallyExit': { program: 'process.reallyExit(11)', code: 11 },
  'puts an emit around ours': { program: around(''), code: 0 },
  'puts one around and exits': { program: `${around('')} process.exit(12)`, code: 12 },
  'puts one around and exits in a listener': { program: `${around('')} process.on("exit", () => process.exit(13))`, code: 13 },
  'puts one around and throws': { program: `${around('')} throw new Error("of the program")`, code: 1, stderr: /Error: of the program/ },
  'puts one around that throws': { program: around('throw new Error("of the program")'), code: 1, stderr: /Error: of the program/ },
  'puts one around that exits': { program: around('process.exit(14)'), code: 14 },
  'throws in a listener to its uncaught error': {
    program: 'process.on("uncaughtException", () => { throw new Error("of the listener") }); setImmediate(() => { throw new Error("of the program") })',
    code: 7, stderr: /Error: of the listener/,
  },
  'throws what can not be read': { program: 'const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); process.on("uncaughtException", () => {}); setImmediate(() => { throw proxy })', code: 0 },
  'throws what throws when it is read': { program: 'process.on("uncaughtException", () => {}); setImmediate(() => { throw { get code() { throw new Error("of the program") } } })', code: 0 },
  'is out of stack': { program: '(function f() { f() })()', code: 1, stderr: /RangeError/ },
}

for (const [what, { program, code, stderr = /^$/ }] of Object.entries(ends)) {
  t.test(`a program that ${what} is reported, and ends as it does unwatched`, async t => {
    const text = `${open} ${program}`
    const watched = await runNode({ eval: text })
    const bare = await runNode({ eval: text, register: false })
    matches(t, watched.report, { reason: 'exit', leaks: [{ type: 'fd', count: 1 }] })
    t.strictSame(schemaFaults(watched.report), [])
    t.equal(watched.code, code)
    t.equal(bare.code, code)
    t.match(watched.stderr, stderr)
  })
}

t.test('two of ours that come last, a preload and an adapter, both tell', async t => {
  for (const [end, code] of [['', 1], ['process.exitCode = 3', 3], ['setTimeout(() => process.exit(4), 20)', 4], ['setTimeout(() => { throw new Error("of the program") }, 20)', 1]] as const) {
    const adapter = new URL('../../../lib/adapters/node-test.js', import.meta.url).href
    const run = await runNode({ eval: `${open} require('node:test').test('opens nothing', () => {}); ${end}`, flags: ['--import', adapter] })
    matches(t, run.report, { reason: 'exit', leaks: [{ type: 'fd', count: 1 }] }, end)
    t.match(run.stderr, /leakwatch: 1 leak from 1 line/, end)
    t.equal(run.code, code, end)
  }
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  t.test(`at ${signal} a program is reported, and ends by it all the same`, async t => {
    const run = await runNode({ eval: `${open} setInterval(() => {}, 1000); console.log("ready")`, env: { LEAKWATCH_SIGNAL: signal }, signalAfterOutput: { output: 'ready', signal } })
    matches(t, run, { signal, report: { reason: 'signal', leaks: [{ type: 'fd', count: 1 }] } })
  })
}

t.test('a program that listens to the signal itself decides whether it ends', async t => {
  const program = `${open} setInterval(() => {}, 1000); process.once("SIGTERM", () => setTimeout(() => process.exit(3), 10)); console.log("ready")`
  const run = await runNode({ eval: program, env: { LEAKWATCH_SIGNAL: 'SIGTERM' }, signalAfterOutput: { output: 'ready', signal: 'SIGTERM' } })
  matches(t, run, { code: 3, report: { reason: 'signal', leaks: [{ type: 'fd', count: 1 }] } })
})

t.test('a listener that ends the process where it is alone still does, and one that goes on is followed by another report', async t => {
  // As signal-exit does it.
  const alone = 'const listener = () => { if (process.listeners("SIGTERM").length === 1) { process.off("SIGTERM", listener); process.kill(process.pid, "SIGTERM") } }; process.on("SIGTERM", listener)'
  const env = { LEAKWATCH_SIGNAL: 'SIGTERM' }
  const run = await runNode({ eval: `${open} setInterval(() => {}, 1000); ${alone}; console.log("ready")`, env, signalAfterOutput: { output: 'ready', signal: 'SIGTERM' } })
  t.match(run, { signal: 'SIGTERM', report: { reason: 'signal' } })
  const counting = 'let times = 0; process.on("SIGTERM", () => { console.log(`signal ${++times}`); if (times === 2) process.exit() })'
  const signals = [{ output: 'ready', signal: 'SIGTERM' }, { output: 'signal 1', signal: 'SIGTERM' }] as const
  const { reports } = await runNode({ eval: `${open} setInterval(() => {}, 1000); ${counting}; console.log("ready")`, env: { ...env, LEAKWATCH_WHEN: 'signal' }, signalAfterOutput: signals })
  t.equal(reports.size, 2)
})

t.test('a program that sends itself the signal, once it has closed everything or at once, ends by that call', async t => {
  // As terminus does it, and others.
  const closing = 'const timer = setInterval(() => {}, 1000); const listener = () => setImmediate(() => { clearInterval(timer); process.off("SIGTERM", listener); again() }); process.on("SIGTERM", listener)'
  const options = { env: { LEAKWATCH_SIGNAL: 'SIGTERM' }, signalAfterOutput: { output: 'ready', signal: 'SIGTERM' } } as const
  for (const sent of ['process.pid, "SIGTERM"', 'process.pid', 'process.pid, 15', 'String(process.pid)']) {
    const again = `const again = () => { process.kill(${sent}); console.log("goes on") }`
    const closed = await runNode({ ...options, eval: `${open} ${again}; ${closing}; console.log("ready")` })
    t.match(closed, { signal: 'SIGTERM', stdout: 'ready\n' })
    t.equal(closed.reports.size, 2)
    matches(t, await runNode({ eval: `${open} ${again}; again()`, env: options.env }), { signal: 'SIGTERM', stdout: '', report: { reason: 'signal', leaks: [{ type: 'fd', count: 1 }] } })
  }
  const listened = await runNode({ eval: 'process.on("SIGTERM", () => console.log("heard")); process.kill(process.pid, "SIGTERM"); process.kill(process.pid, 0)', env: options.env })
  t.match(listened, { code: 0, signal: null })
})

t.test('a program that has closed everything before the loop turns, and sends itself the signal once more, is told of again', async t => {
  // As NestJS does it where nothing is under way.
  const closing = `const server = require("net").createServer().listen(0, "127.0.0.1", () => console.log("ready"))
    const listener = async () => { await new Promise(closed => server.close(closed)); process.off("SIGTERM", listener); process.kill(process.pid, "SIGTERM"); console.log("goes on") }
    process.on("SIGTERM", listener)`
  const run = await runNode({ eval: `${open} ${closing}`, env: { LEAKWATCH_SIGNAL: 'SIGTERM' }, signalAfterOutput: { output: 'ready', signal: 'SIGTERM' } })
  t.match(run, { signal: 'SIGTERM', stdout: 'ready\n' })
  t.strictSame([...run.reports.values()].map(({ leaks }) => leaks.length).toSorted((a, b) => a - b), [1, 2])
})

t.test('a program that sends the signal to its group ends by that call', { skip: process.platform === 'win32' }, async t => {
  for (const to of ['0', '-process.pid']) {
    const group = `const args = [...process.execArgv.slice(0, 2), "-e", 'process.kill(${to}); console.log("goes on")']
      const { signal, stdout } = require("child_process").spawnSync(process.execPath, args, { detached: true, encoding: "utf8" }); console.log(signal, stdout)`
    t.match(await runNode({ eval: group, env: { LEAKWATCH_SIGNAL: 'SIGTERM' } }), { code: 0, stdout: 'SIGTERM \n' }, to)
  }
})

t.test('a program that asks whether its process is there is not reported, and is at the signal', async t => {
  const asks = `${open} setInterval(() => {}, 1000); process.kill(process.pid, 0); console.log("ready")`
  const { reports, signal } = await runNode({ eval: asks, env: { LEAKWATCH_SIGNAL: 'SIGTERM' }, signalAfterOutput: { output: 'ready', signal: 'SIGTERM' } })
  t.equal(signal, 'SIGTERM')
  t.equal(reports.size, 1)
})

t.test('a program is reported whose process has an emit of its own since before the preload', async t => {
  // As source-map-support does it, and ts-node by it.
  const before = 'const { emit } = process; process.emit = function () { return emit.apply(this, arguments) }'
  const { report } = await runNode({ eval: open, before: [`data:text/javascript,${encodeURIComponent(before)}`] })
  matches(t, report, { reason: 'exit', leaks: [{ type: 'fd', count: 1 }] })
})

t.test('the report comes once, although exit is emitted again', async t => {
  const { reports } = await runNode({ eval: `${open} process.on("exit", () => process.exit(1)); process.exit()` })
  t.equal(reports.size, 1)
})

t.test('exit that the program emits itself is no end', async t => {
  const { report } = await runNode({ eval: `${open} process.emit("exit", 0); fs.closeSync(fd)` })
  matches(t, report, { leaks: [] })
})

t.test('a program that a signal kills keeps its end', async t => {
  const { signal, reports } = await runNode({ eval: `${open} process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)` })
  t.equal(signal, 'SIGTERM')
  t.equal(reports.size, 0)
})

const codes: readonly (readonly [what: string, program: string, code: number])[] = [
  ['a leak and success', open, 4],
  ['a leak and process.exit()', `${open} process.exit()`, 4],
  ['a leak and process.exit(0)', `${open} process.exit(0)`, 4],
  ['a leak and process.exit(0) in an exit listener', `${open} process.on("exit", () => process.exit(0))`, 4],
  ['a leak and a failure of its own', `${open} process.exit(2)`, 2],
  ['a leak and an exit code of its own', `${open} process.exitCode = 3`, 3],
  ['a leak and an error', `${open} throw new Error("of the program")`, 1],
  ['no leak', `${open} fs.closeSync(fd)`, 0],
  ['requests in flight alone', 'require("dns").lookup("localhost", () => {}); process.exit()', 0],
]

for (const [what, program, code] of codes) {
  t.test(`with LEAKWATCH_EXIT_CODE=4, ${what} ends with ${code}`, async t => {
    const run = await runNode({ eval: program, env: { LEAKWATCH_EXIT_CODE: '4' } })
    t.equal(run.code, code)
  })
}

t.test('a program that never ends is reported at its signal, and goes on', async t => {
  const program = `${open} process.on("SIGUSR1", () => { fs.closeSync(fd); process.exit() }); setInterval(() => {}, 1000); console.log("ready")`
  const env = { LEAKWATCH_SIGNAL: 'SIGUSR2' }
  const run = await runNode({ eval: program, env, format: 'text', signalAfterOutput: [{ output: 'ready', signal: 'SIGUSR2' }, { output: 'kernel:', signal: 'SIGUSR1' }] })
  t.match(run, { code: 0, timedOut: false })
  t.match(run.stderr, /^leakwatch: 1 open resource from 1 line at the signal /)
  t.equal(run.stderr.match(/leakwatch:/g)?.length, 1, 'what was closed until the exit is no leak there')
})

t.test('at its signal a program without leaks says so', async t => {
  const run = await runNode({ eval: 'process.on("SIGUSR1", () => process.exit()); setInterval(() => {}, 1000); console.log("ready")', env: { LEAKWATCH_SIGNAL: 'SIGUSR2' }, format: 'text', signalAfterOutput: [{ output: 'ready', signal: 'SIGUSR2' }, { output: 'kernel:', signal: 'SIGUSR1' }] })
  t.match(run.stderr, /^leakwatch: no leaks/)
})

t.test('reports of one process at several signals and at the exit get numbers', async t => {
  const program = `${open} let count = 0; process.on("SIGUSR2", () => setImmediate(() => console.log("reported" + ++count))); process.on("SIGUSR1", () => process.exit()); setInterval(() => {}, 1000); console.log("ready")`
  const run = await runNode({ eval: program, env: { LEAKWATCH_SIGNAL: 'SIGUSR2' }, signalAfterOutput: [{ output: 'ready', signal: 'SIGUSR2' }, { output: 'reported1', signal: 'SIGUSR2' }, { output: 'reported2', signal: 'SIGUSR1' }] })
  const reasons = [...run.reports].map(([name, { reason }]) => `${name.replace(/^\d+/, 'pid')} ${reason}`)
  t.strictSame(new Set(reasons), new Set(['pid-0.json signal', 'pid-0-2.json signal', 'pid-0-3.json exit']))
})

t.test('with LEAKWATCH_WHEN=signal nothing is reported at the exit', async t => {
  const { reports } = await runNode({ eval: open, env: { LEAKWATCH_WHEN: 'signal', LEAKWATCH_SIGNAL: 'SIGUSR2' } })
  t.equal(reports.size, 0)
})

t.test('a signal that was not asked for keeps its default', async t => {
  const program = 'process.kill(process.pid, "SIGUSR2"); setInterval(() => {}, 1000)'
  for (const env of [{}, { LEAKWATCH_SIGNAL: 'SIGUSR1' }]) t.equal((await runNode({ eval: program, env })).signal, 'SIGUSR2')
  t.type(constants.signals.SIGUSR2, 'number')
})

t.test('without leaks nothing is said, unless JSON was asked for', async t => {
  const program = `${open} fs.closeSync(fd)`
  t.match(await runNode({ eval: program, format: 'text' }), { code: 0, stdout: '', stderr: '' })
  matches(t, (await runNode({ eval: program })).report, { leaks: [], pending: [], pooled: [] })
  const { stderr } = await runNode({ eval: program, env: { LEAKWATCH_FORMAT: 'json' }, format: 'text' })
  matches(t, JSON.parse(stderr), { schema: 'leakwatch-report/1', leaks: [] })
})

t.test('a second register adds nothing and says so', async t => {
  const { stderr, reports } = await runNode({ script: fixture('session', 'registers-again.mjs') })
  t.equal(reports.size, 1)
  t.match(stderr, /^leakwatch: nothing is added: file:.*preload\.cjs records this process already\.\n$/)
})

t.test('leaks of Workers fail the process, and change nothing of how the Workers end', async t => {
  const url = (program: string) => `new URL(${JSON.stringify(`data:text/javascript,${encodeURIComponent(program)}`)})`
  const worker = (program: string, options = '{}') => `new Worker(${url(`import { Worker } from 'node:worker_threads'; import fs from 'node:fs'; ${program}`)}, ${options}).on('exit', code => console.log(code))`
  const leaking = 'fs.openSync(process.execPath)'
  for (const [program, code] of [[worker(leaking), 4], [worker(leaking, '{ env: { LEAKWATCH_FORMAT: "json" } }'), 4], [worker('0'), 0], [worker(worker(leaking)), 4], [`${worker('0')}; ${worker(leaking)}`, 4], [`${worker(leaking)}.on('exit', () => process.exit(5))`, 5]] as const) {
    for (const types of ['fs,process', 'fs']) {
      const run = await runNode({ eval: `const { Worker } = require('worker_threads'); ${program}`, types, env: { LEAKWATCH_EXIT_CODE: '4' } })
      t.equal(run.code, code, program)
      t.match(run.stdout, /^(?:0\n)+$/)
    }
  }
})

t.test('a Worker that leaks fails a process of tests too, where the adapter listens beside it', async t => {
  const adapter = new URL('dist/lib/adapters/node-test.js', root).href
  const worker = `new (require('worker_threads').Worker)(${JSON.stringify(`${open} setTimeout(() => {}, 10)`)}, { eval: true, execArgv: ['-r', ${JSON.stringify(fileURLToPath(registerUrl))}] })`
  for (const flags of [[], ['--import', adapter]]) {
    const { code } = await runNode({ eval: `${worker}.on('exit', () => {})`, flags, env: { LEAKWATCH_EXIT_CODE: '9' } })
    t.equal(code, 9)
  }
})

for (const program of ['', 'process.exit(0)', 'process.exit("0")', 'process.exitCode = "0"']) {
  t.test(`LEAKWATCH_EXIT_CODE is the code of a program with leaks that ends well: ${program}`, async t => {
    t.equal((await runNode({ eval: `${open} ${program}`, env: { LEAKWATCH_EXIT_CODE: '9' } })).code, 9)
  })
}

t.test('a program that has taken from arrays and strings what a report is made with is told so, and ends as it would', async t => {
  for (const [taken, told] of [
    ['delete Array.prototype[Symbol.iterator]', /^leakwatch: incomplete: what happens could not be told\.\n$/],
    ['Array.prototype.map = Array.prototype.filter = () => { throw new Error("no map") }', /^leakwatch: incomplete: what happens could not be told/],
    ['String.prototype.replace = () => { throw new Error("no replace") }', /^leakwatch: incomplete: what happens could not be told/],
  ] as const) {
    const { code, stdout, stderr } = await runNode({ eval: `${open} ${taken}; process.on("exit", code => process._rawDebug("ends with " + code))`, env: { LEAKWATCH_FORMAT: 'text', LEAKWATCH_OUTPUT: '' } })
    t.equal(code, 0, taken)
    t.equal(stdout, '')
    t.match(stderr.replace('ends with 0\n', ''), told, taken)
  }
})
