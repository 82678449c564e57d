// Programs that use up their descriptors, and are told of that while they run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { ways } from '../../support/detection.ts'
import { matches } from '../../support/matches.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import { type Run, type RunOptions, runNode } from '../../support/run.ts'

const limit = 256
const exhaust = (options: RunOptions) => runNode({ ulimit: limit, ...options })

const openings: Readonly<Record<string, string>> = {
  'fs.openSync': `
    try { for (;;) held.push(fs.openSync(process.execPath)) } catch (error) { over(error) }`,
  'fs.open': `
    const open = () => fs.open(process.execPath, (error, fd) => error ? over(error) : (held.push(fd), open()))
    open()`,
  'fs.createReadStream': `
    const open = () => held.push(fs.createReadStream(process.execPath).on('open', open).on('error', over))
    open()`,
  'fs.promises.open': `
    const open = () => fs.promises.open(process.execPath).then(file => (held.push(file), open()), over)
    open()`,
  'dgram.bind': `
    const open = () => held.push(require('node:dgram').createSocket('udp4').on('error', over).bind(0, '127.0.0.1', open))
    open()`,
  // It takes several at a time: the last ones are never taken.
  'child_process.spawn': `
    const open = () => held.push(require('node:child_process').spawn('sleep', ['2']).on('error', over).on('spawn', open))
    open()`,
}

for (const [call, program] of Object.entries(openings)) {
  for (const { name, before } of ways) {
    t.test(`${call} until no descriptor is left is told soon, ${name}`, async t => {
      const { stderr } = await exhaust({ before, format: 'text', signalAfterOutput: { output: 'descriptors ran out', signal: 'SIGKILL' }, eval: `
        const fs = require('node:fs')
        const held = []
        function over() {
          setInterval(() => {}, 5)
          setTimeout(() => process.exit(), 10_000)
        }
        ${program}` })
      const [, count] = /^leakwatch: (\d+) open resources from 1 line as descriptors ran out/.exec(stderr) ?? []
      t.ok(Number(count) > limit - 60, stderr)
    })
  }
}

t.test('the report as JSON says what made it', async t => {
  const run = await exhaust({ eval: 'const fs = require("node:fs"); try { for (;;) fs.openSync(process.execPath) } catch {}' })
  const [told] = reportsOf(run)
  matches(t, told, { reason: 'emfile', complete: true, faults: [], kernel: { limit, open: limit - 1 } })
  t.strictSame(schemaFaults(told), [])
})

const fill = 'const held = []; const fill = () => { try { for (;;) held.push(fs.openSync(process.execPath)) } catch {} };'
const empty = 'for (const fd of held.splice(0)) fs.closeSync(fd);'

t.test('a program that runs on is told once, and at its end of what is open then', async t => {
  const run = await exhaust({ eval: `const fs = require('node:fs'); ${fill} fill(); fill(); ${empty} fill(); ${empty} fs.openSync(process.execPath)` })
  t.strictSame(reportsOf(run).map(({ reason, leaks }) => [reason, leaks.length]), [['emfile', 1], ['exit', 1]])
  t.equal(run.code, 0)
})

t.test('what was told as descriptors ran out is not told again when the process ends of it', async t => {
  const { stderr, code } = await exhaust({ format: 'text', flags: ['--no-warnings'], eval: 'const fs = require("node:fs"); for (;;) fs.openSync(process.execPath)' })
  t.equal(code, 1)
  t.strictSame(stderr.match(/^leakwatch: .*?(?= \(pid)/gm), [`leakwatch: ${limit - Number(/(\d+) of the runtime/.exec(stderr)?.[1]) - 1} open resources from 1 line as descriptors ran out`])
  t.match(stderr, 'Error: EMFILE: too many open files')
})

t.test('nothing is told that was not asked for', async t => {
  const { reports } = await exhaust({ env: { LEAKWATCH_WHEN: 'exit' }, eval: `const fs = require('node:fs'); ${fill} fill(); ${empty}` })
  t.equal(reports.size, 1)
})

t.test('four fifths of the descriptors are a threshold, told once where that is asked for', async t => {
  const env = { LEAKWATCH_WHEN: 'threshold' }
  const fillTo = (count: number) => `const fs = require('node:fs'); const held = []; while ((held.at(-1) ?? 0) < ${count}) held.push(fs.openSync(process.execPath));`
  const passed = await exhaust({ env, eval: `${fillTo(220)} setTimeout(() => { ${empty} }, 20)` })
  t.strictSame(reportsOf(passed).map(({ reason }) => reason), ['threshold'])
  t.equal((await exhaust({ env, eval: `${fillTo(190)} setTimeout(() => { ${empty} }, 20)` })).reports.size, 0)
})

t.test('what was open at the threshold is told again as a leak at the end', async t => {
  const env = { LEAKWATCH_WHEN: 'exit,threshold' }
  const { stderr } = await exhaust({ env, format: 'text', eval: 'const fs = require("node:fs"); while (fs.openSync(process.execPath) < 220);' })
  t.match(stderr, /^leakwatch: \d+ open resources from 1 line as the threshold was passed/m)
  t.match(stderr, /^leakwatch: \d+ leaks from 1 line at exit/m)
})

t.test('a Worker that is refused a descriptor tells of its own', async t => {
  const { stderr } = await exhaust({ format: 'text', eval: `
    const program = \`import fs from 'node:fs'; ${fill} fill(); setTimeout(() => { ${empty} }, 20)\`
    new (require('node:worker_threads').Worker)(new URL('data:text/javascript,' + encodeURIComponent(program)))` })
  t.match(stderr, /^leakwatch: \d+ open resources from 1 line as descriptors ran out/m)
})

t.test('sockets that use up the descriptors are told while they are held, though nothing else is opened and no callback follows', async t => {
  // The other side accepts nothing: the kernel connects by itself.
  const server = spawn(process.execPath, ['-e', `
    const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
      require('node:fs').writeSync(1, String(server.address().port))
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000)
    })`], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => server.kill('SIGKILL'))
  const [port] = await once(server.stdout, 'data') as [Buffer]
  const run = await exhaust({ eval: `
    const net = require('node:net'), held = []
    const connect = () => held.push(net.connect(${String(port)}, '127.0.0.1').on('error', () => {}).on('connect', connect))
    connect()
    setTimeout(() => { for (const socket of held) socket.destroy(); process.exit() }, 300)` })
  const [told] = reportsOf(run)
  matches(t, told, { reason: 'emfile', kernel: { limit, open: limit - 1, unexplained: [] } })
  t.ok(told.leaks.reduce((sum: number, { count }: { count: number }) => sum + count, 0) > limit - 60)
})

function reportsOf(run: Run): readonly any[] {
  return [...run.reports].filter(([name]) => name.startsWith(`${run.pid}-0`)).toSorted(([a], [b]) => a.length - b.length).map(([, report]) => report)
}
