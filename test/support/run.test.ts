import t from 'tap'
import { runNode } from './run.ts'

const forever = 'setInterval(() => {}, 1000); '

t.test('a program runs without the variables of tap, npm and leakwatch', async t => {
  const { stdout } = await runNode({ register: false, eval: 'console.log(Object.keys(process.env).filter(name => /^(TAP|_TAP|npm_|NODE_|LEAKWATCH)/.test(name)).join())' })
  t.equal(stdout, '\n')
})

t.test('a program gets its arguments, flags, variables and descriptor limit', async t => {
  const program = 'console.log(process.argv[1], process.execArgv.includes("--no-warnings"), process.env.COLOUR, require("child_process").execSync("ulimit -n").toString().trim())'
  const { stdout } = await runNode({ register: false, eval: program, args: ['one'], flags: ['--no-warnings'], env: { COLOUR: 'a b' }, ulimit: 64 })
  t.equal(stdout, 'one true a b 64\n')
})

t.test('without a script the program is read from standard input', async t => {
  t.match(await runNode({ register: false, stdin: 'process.exitCode = 3; console.error("said")' }), { code: 3, stderr: 'said\n' })
})

t.test('a late program is killed', async t => {
  t.match(await runNode({ register: false, eval: forever, timeoutMs: 200 }), { timedOut: true, signal: 'SIGKILL' })
})

t.test('a late program is given up although its child holds its output', async t => {
  const { timedOut } = await runNode({ register: false, eval: `require('child_process').spawn('sleep', ['2'], { stdio: 'inherit' }); ${forever}`, timeoutMs: 500 })
  t.equal(timedOut, true)
})

t.test('each signal is sent once its text was printed', async t => {
  const program = `process.on('SIGUSR2', () => console.log('again')); ${forever} console.log('ready')`
  const run = await runNode({ register: false, eval: program, signalAfterOutput: [{ output: 'ready', signal: 'SIGUSR2' }, { output: 'again', signal: 'SIGTERM' }] })
  t.match(run, { signal: 'SIGTERM', stdout: 'ready\nagain\n' })
})

t.test('reports are read back under the names of their threads', async t => {
  const { report, reports, pid } = await runNode({ eval: '0' })
  t.strictSame([...reports.keys()], [`${pid}-0.json`])
  t.equal(report.process.pid, pid)
})

t.test('a program that never ends is stopped once it has reported', async t => {
  const run = await runNode({ eval: `${forever} console.log('ready')`, env: { LEAKWATCH_WHEN: 'signal', LEAKWATCH_SIGNAL: 'SIGUSR2' }, signalAfterOutput: { output: 'ready', signal: 'SIGUSR2' }, stopAfterReport: true })
  t.match(run, { timedOut: false, signal: 'SIGKILL', report: { reason: 'signal' } })
})
