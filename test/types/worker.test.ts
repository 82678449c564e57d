import t from 'tap'
import { detects } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

t.test('a Worker is named by the line that started it until it has ended, and its own ports never', async t => {
  await detects(t, { script: fixture('types', 'worker-threads.mjs'), types: 'process' })
})

t.test('a Worker that the process did not wait for, or that is still starting, is pending, whoever holds on to it as the process ends', async t => {
  await detects(t, { script: fixture('types', 'worker-exits.mjs'), types: 'process' })
})

t.test('the ports that Node makes for a Worker are not told where they are counted; those that the program makes right after it are', async t => {
  // It has waited for the answer, so that it is not starting any more.
  const worker = `const { MessageChannel, Worker } = require('worker_threads')
    const worker = new Worker('const { parentPort } = require("worker_threads"); parentPort.on("message", n => parentPort.postMessage(n + 1)); parentPort.postMessage(0)', { eval: true })`
  const env = { LEAKWATCH: 'count' }
  const answers = 'worker.on("message", n => n < 3 ? worker.postMessage(n) : process.exit())'
  const { report } = await runNode({ eval: `${worker}; new MessageChannel().port1.on('message', () => {}); ${answers}`, types: 'process', env })
  matches(t, report.leaks, [{ type: 'WORKER', count: 1 }, { type: 'MESSAGEPORT', count: 1 }])
  const held = await runNode({ eval: `${worker}.on('message', () => worker.unref()); process.on('exit', () => worker.ref())`, types: 'process', env })
  t.strictSame(held.report.leaks, [], 'nor where it is held on to as the process ends')
})

t.test('a Worker that died of an error is no leak of the program that ends since it heard of it', async t => {
  const program = `const { Worker } = require('worker_threads')
    new Worker("throw new Error('mine')", { eval: true }).on('error', () => process.exit(3))`
  for (const { code, report } of await Promise.all([1, 2, 3, 4].map(() => runNode({ eval: program, types: 'process' })))) {
    t.equal(code, 3)
    t.strictSame(report.leaks, [])
  }
})

t.test('a Worker that is recorded itself leaves no descriptor unexplained', async t => {
  await detects(t, { script: fixture('types', 'worker-of-file.mjs'), types: 'all' })
})

t.test('the Worker that Node starts for the hooks of a module loader is never named', async t => {
  await detects(t, { script: fixture('types', 'worker-of-loader-hooks.mjs'), types: 'all' })
})

t.test('a Worker that takes itself for one with a channel, and so may not ask for it, is recorded', async t => {
  const { reports, stderr } = await runNode({
    eval: "const { Worker } = require('worker_threads'); process.env.NODE_CHANNEL_FD = 'none'; new Worker(new URL(`data:text/javascript,import fs from 'node:fs'; fs.openSync(process.execPath)`))",
  })
  t.equal(stderr, '')
  matches(t, [...reports.values()].flatMap(({ leaks }) => leaks), [{ type: 'fd', count: 1 }])
})
