import fs from 'node:fs'
import { createServer, get, Agent, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { assertNoGrowth, assertNoLeaks, isLeakError, type LeakError } from '../../../lib/index.ts'
import { schemaFaults } from '../../support/report-schema.ts'

const file = fs.realpathSync(process.execPath)
const quick = { settleMs: 20 }

function holder(t: Test): { readonly open: () => number, readonly close: (fd: number) => void } {
  const fds = new Set<number>()
  t.teardown(() => { for (const fd of fds) fs.closeSync(fd) })
  return {
    open: () => { const fd = fs.openSync(file, 'r'); fds.add(fd); return fd },
    close: fd => { fs.closeSync(fd); fds.delete(fd) },
  }
}

async function found(fn: () => unknown, options = {}): Promise<LeakError> {
  const error: unknown = await assertNoGrowth(fn, { ...quick, ...options }).catch(error => error)
  if (!isLeakError(error)) throw new Error(`no LeakError: ${String(error)}`)
  return error
}

t.test('each site that grows has its line, also where stacks are sampled', async t => {
  const { open } = holder(t)
  const error = await found(() => { for (let count = 0; count < 50; count++) open() }, { mode: 'adaptive', budget: 1e-6 })
  t.ok(error.report.leaks.every(({ site: { user } }) => user !== -1))
  t.equal(error.report.sampled.skipped, 0)
})

t.test('one descriptor that each of 50 rounds leaves is found among hundreds that come and go', async t => {
  const { open, close } = holder(t)
  const error = await found(() => {
    const fds = Array.from({ length: 300 }, open)
    open()
    fds.forEach(close)
  }, { rounds: 50, warmup: 0 })
  t.equal(error.report.leaks.reduce((sum, { count }) => sum + count, 0), 50)
  t.ok(error.report.leaks.every(({ type, reason }) => type === 'fd' && / 0, 1, 2, .*, 49, 50\.$/.test(reason)))
  t.match(error.message, /^leakwatch: 50 leaks from 1 line/)
  t.match(error.message, /There were more after every round/)
  t.strictSame(schemaFaults(error.report), [])
})

t.test('the function is called as often as it was said', async t => {
  const calls: string[] = []
  await assertNoGrowth(() => { calls.push('fn') })
  t.equal(calls.length, 7)
  const failing = () => { calls.push('failing'); throw new Error('expected') }
  await assertNoGrowth(() => { calls.push('fn') }, { warmup: 1, rounds: 2, failing })
  t.strictSame(calls.slice(7), ['fn', 'failing', 'fn', 'failing', 'fn', 'failing'])
})

t.test('a cache that fills once, one that evicts, and a log that is opened late are silent', async t => {
  const { open, close } = holder(t)
  const cache = new Map<number, number>()
  const recent: number[] = []
  let calls = 0
  await t.resolves(assertNoGrowth(() => {
    calls++
    for (let key = 0; key < 3; key++) if (!cache.has(key)) cache.set(key, open())
    recent.push(open(), open())
    while (recent.length > 3 + calls % 2) close(recent.shift()!)
    if (calls === 5) open()
  }, quick))
})

t.test('a cache that was full before is silent while its entries are replaced', async t => {
  const { open, close } = holder(t)
  const recent = Array.from({ length: 60 }, open)
  await t.resolves(assertNoGrowth(() => {
    recent.push(open(), open())
    while (recent.length > 60) close(recent.shift()!)
  }, quick))
})

t.test('sockets that an agent keeps alive are silent, an agent in each call is not', async t => {
  const server: Server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = (agent: Agent) => new Promise<void>((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent }, response => response.resume().on('end', () => resolve())).on('error', reject)
  })
  const agent = new Agent({ keepAlive: true })
  const agents: Agent[] = []
  t.teardown(() => { for (const each of [agent, ...agents]) each.destroy(); server.close() })
  await t.resolves(assertNoGrowth(() => Promise.all([ask(agent), ask(agent)]), { settleMs: 300 }))
  const error = await found(async () => {
    const own = new Agent({ keepAlive: true })
    agents.push(own)
    await ask(own)
  })
  t.ok(error.report.leaks.some(({ type, hint }) => type === 'TCPWRAP' && hint.startsWith('Make one agent')))
})

t.test('what runs beside it is not counted, what it calls upon is: servers, and assertions within', async t => {
  const { open } = holder(t)
  const opened: number[] = []
  const server = createServer((_, response) => { opened.push(open()); response.end('ok') }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = async () => { await (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })).text() }
  const pause = () => new Promise(resolve => setTimeout(resolve, 5))
  const [clean, leaky, asking, asserting] = await Promise.allSettled([
    assertNoGrowth(pause, { ...quick, rounds: 8 }),
    assertNoGrowth(async () => { open(); await pause() }, { ...quick, rounds: 8, warmup: 0 }),
    assertNoGrowth(ask, quick),
    assertNoGrowth(() => assertNoLeaks(() => { open() }, quick).catch(() => {}), quick),
  ])
  const grown = (outcome: PromiseSettledResult<void>) => ('reason' in outcome ? outcome.reason as LeakError : null)?.report.leaks.filter(({ type }) => type === 'fd').reduce((sum, { count }) => sum + count, 0)
  t.equal(clean.status, 'fulfilled')
  t.equal(grown(leaky), 8)
  t.equal(grown(asking), opened.length)
  t.ok(grown(asserting)! >= 5)
})

t.test('what is closed late, but in time, is silent', async t => {
  const { open, close } = holder(t)
  await t.resolves(assertNoGrowth(() => { const fd = open(); setImmediate(() => setImmediate(() => close(fd))) }, { settleMs: 5000 }))
})

t.test('the error path counts like the rest, and has to fail', async t => {
  const { open } = holder(t)
  const error = await found(() => {}, { failing: async () => { open(); throw new Error('expected') } })
  // Rounds that go on from a timer have frames of it beneath the same line.
  t.equal(error.report.leaks.reduce((sum, { count }) => sum + count, 0), 7)
  t.ok(error.report.leaks.every(({ type, reason }) => type === 'fd' && / 2, 3, 4, 5, 6, 7\.$/.test(reason)))
  await t.rejects(assertNoGrowth(() => {}, { failing: async () => {} }), { code: 'ERR_LEAKWATCH_NOT_REJECTED' })
})

t.test('an error of the function comes first, as it is, and the watch ends', async t => {
  const { openSync } = fs
  const { open } = holder(t)
  const thrown = new Error('of the function')
  t.equal(await assertNoGrowth(() => { open(); throw thrown }).catch(error => error), thrown)
  t.equal(fs.openSync, openSync)
})

t.test('options of watch hold: types, ignored, known', async t => {
  const { open } = holder(t)
  await t.resolves(assertNoGrowth(() => { open() }, { ...quick, types: ['net'] }))
  await t.resolves(assertNoGrowth(() => { open() }, { ...quick, ignored: [{ path: file }] }))
  await t.resolves(assertNoGrowth(() => { open() }, { ...quick, known: [{ path: file, reason: 'wanted' }] }))
})

t.test('misuse is refused', async t => {
  await t.rejects(assertNoGrowth(Promise.resolve() as never), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /given object/ })
  await t.rejects(assertNoGrowth(function* () { yield 1 }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /^assertNoGrowth\(\) wants a function that runs .* given a generator/ })
  await t.rejects(assertNoLeaks(async function* () { yield 1 }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /^assertNoLeaks\(\) wants a function that runs .* given a generator/ })
  await t.rejects(assertNoGrowth(() => {}, { failing: 7 as never }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /^'failing' of assertNoGrowth\(\) wants a function, but was given number/ })
  await t.rejects(assertNoGrowth(() => {}, { rounds: 0 }), { code: 'ERR_LEAKWATCH_OPTION_INVALID', message: /'rounds' wants a whole number from 1 to/ })
  await t.rejects(assertNoGrowth(() => {}, { warmup: 1.5 }), { code: 'ERR_LEAKWATCH_OPTION_INVALID' })
  await t.rejects(assertNoGrowth(() => {}, { round: 1 } as never), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN', message: /Did you mean 'rounds'/ })
})
