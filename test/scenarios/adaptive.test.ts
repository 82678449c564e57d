import t from 'tap'
import type { Report, ReportGroup } from '../../lib/model/report.ts'
import { detects, ways } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

t.jobs = 2

const lineOf = ({ site: { frames, user } }: ReportGroup) => user === -1 ? null : frames[user]!.line
const countOf = (groups: readonly ReportGroup[]) => groups.reduce((sum, { count }) => sum + count, 0)

async function reportsOf(program: string, budget: string): Promise<readonly Report[]> {
  const runs = await Promise.all(ways.map(({ before }) => runNode({ eval: program, before, env: { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: budget } })))
  for (const { code, stderr } of runs) if (code !== 0 || stderr !== '') throw new Error(stderr)
  return runs.map(({ report }) => report)
}

for (const name of ['fd-open-sync.mjs', 'filehandle.mjs', 'tcp-server.mjs']) {
  t.test(`a program that opens little has each line: ${name}`, async t => {
    await detects(t, { script: fixture('types', name), env: { LEAKWATCH: 'adaptive' } }, {
      also: (t, { sampled }) => t.equal(sampled.skipped, 0),
    })
  })
}

t.test('a descriptor that leaks among 50,000 requests has its line, and all that leak are counted', async t => {
  const program = `const fs = require('node:fs')
    let started = 0, done = 0
    const next = () => {
      if (started % 10_000 === 0) fs.openSync('/dev/null')
      if (started++ < 50_000) fs.stat('.', () => { done++; next() })
    }
    for (let lane = 0; lane < 20; lane++) next()`
  for (const { leaks, pending, sampled, complete } of await reportsOf(program, '0.1%')) {
    t.strictSame([countOf(leaks), pending, complete], [6, [], true])
    t.ok(leaks.some(leak => lineOf(leak) === 4), 'its line is told')
    t.ok(leaks.every(leak => [4, null].includes(lineOf(leak))), 'no other line is')
    t.ok(sampled.skipped > 10_000, `${sampled.skipped} are skipped`)
  }
})

t.test('of what is opened and closed often, what leaks is counted to the last, with its own line or none', async t => {
  const program = `const fs = require('node:fs')
    const open = async () => await fs.promises.open('/dev/null')
    const held = globalThis.held = []
    const run = async () => {
      for (let count = 0; count < 3_000; count++) {
        if (count % 1_000 === 0) held.push(await fs.promises.open('/dev/null'), fs.openSync('/dev/null'))
        const [handle, fd] = [await open(), fs.openSync('/dev/null')]
        const dir = fs.opendirSync('.')
        await fs.promises.readFile('/dev/null')
        fs.closeSync(fd)
        dir.closeSync()
        await handle.close()
      }
    }
    run()`
  for (const { leaks, sampled, kernel } of await reportsOf(program, '0.01%')) {
    t.strictSame([countOf(leaks.filter(({ type }) => type === 'FILEHANDLE')), countOf(leaks.filter(({ type }) => type === 'fd')), countOf(leaks)], [3, 3, 6])
    t.ok(leaks.every(leak => [6, null].includes(lineOf(leak))), JSON.stringify(leaks.map(lineOf)))
    t.ok(sampled.skipped > 3_000, `${sampled.skipped} are skipped`)
    t.strictSame(kernel?.unexplained, [])
  }
})

t.test('a busy program that closes what it opens is blamed for nothing', async t => {
  const program = `const http = require('node:http'), fs = require('node:fs')
    const agent = new http.Agent({ keepAlive: true, maxSockets: 5 })
    const server = http.createServer((request, response) => fs.readFile(process.execPath.slice(0, 1) + 'dev/null', () => response.end('ok')))
    server.listen(0, '127.0.0.1', async () => {
      const ask = () => new Promise(done => http.get({ port: server.address().port, host: '127.0.0.1', agent }, response => response.on('end', done).resume()))
      await Promise.all(Array.from({ length: 10 }, async () => { for (let count = 0; count < 200; count++) await ask() }))
      for (let count = 0; count < 200; count++) await (await fetch('http://127.0.0.1:' + server.address().port)).text()
      fs.createReadStream('/dev/null').on('close', () => {
        agent.destroy()
        server.close()
        server.closeAllConnections()
      }).resume()
    })`
  for (const { leaks, pending, misuses, sampled, complete, kernel } of await reportsOf(program, '0.01%')) {
    t.strictSame([leaks, pending, misuses, complete, kernel?.unexplained], [[], [], [], true, []])
    t.ok(sampled.skipped > 2_000, `${sampled.skipped} are skipped`)
  }
})

t.test('sockets that a server accepted stand at its line, or are counted with it', async t => {
  const program = `const net = require('node:net'), fs = require('node:fs')
    for (let count = 0; count < 3_000; count++) fs.closeSync(fs.openSync('/dev/null'))
    let open = 0
    const one = () => { if (++open === 400) process.exit() }
    const server = net.createServer(one).listen(0, '127.0.0.1', () => {
      for (let count = 0; count < 200; count++) net.connect(server.address().port, '127.0.0.1').on('connect', one)
    })`
  for (const { leaks, sampled } of await reportsOf(program, '0.001%')) {
    t.equal(countOf(leaks.filter(({ type }) => type === 'TCPWRAP')), 400)
    t.equal(countOf(leaks.filter(({ type }) => type === 'TCPSERVERWRAP')), 1)
    t.ok(leaks.every(leak => [5, 6, null].includes(lineOf(leak))), JSON.stringify(leaks.map(lineOf)))
    t.ok(sampled.skipped > 3_000, `${sampled.skipped} are skipped`)
  }
})

t.test('the text says how many stacks were skipped, and what captures more', async t => {
  const program = `const fs = require('node:fs'); for (let count = 0; count < 5_000; count++) fs.closeSync(fs.openSync('/dev/null')); for (let count = 0; count < 20; count++) fs.openSync('/dev/null')`
  const { stderr } = await runNode({ eval: program, format: 'text', env: { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: '0.001%' } })
  t.match(stderr, /^leakwatch: 20 leaks/)
  t.match(stderr, /^\d+ of \d+ stacks were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them\.$/m)
})

t.test('a clock that the program has replaced is not asked', async t => {
  const program = `
    process.hrtime = performance.now = Date.now = () => { throw new Error('asked') }
    Math.random = () => { throw new Error('drawn') }
    const fs = require('node:fs')
    for (let count = 0; count < 5_000; count++) fs.closeSync(fs.openSync('/dev/null'))
    fs.openSync('/dev/null')`
  for (const report of await reportsOf(program, '0.01%')) matches(t, report, { complete: true, leaks: { length: 1, 0: { count: 1 } } })
})
