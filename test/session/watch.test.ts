import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { diff, isLeakwatchError, type Report, type Snapshot, watch, type Watch } from '../../lib/index.ts'
import { resolve } from '../../lib/model/settings/options.ts'
import { matches } from '../support/matches.ts'
import { schemaFaults } from '../support/report-schema.ts'

const file = fs.realpathSync(process.execPath)

t.test('a snapshot is plain data that survives JSON unchanged', async t => {
  using w = watch()
  const fd = fs.openSync(file, 'r')
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const snapshot = w.snapshot()
  t.strictSame(JSON.parse(JSON.stringify(snapshot)), snapshot)
  matches(t, snapshot, { schema: 'leakwatch-snapshot/1', mode: 'full', complete: true, faults: [], dropped: 0, process: { pid: process.pid, threadId: 0 } })
  t.equal(snapshot.takenAt, new Date(snapshot.takenAtMs).toISOString())
  fs.closeSync(fd)
  server.close()
})

t.test('a snapshot holds what is open at its instant, and a later close does not change it', async t => {
  using w = watch({ types: ['fd'] })
  const fd = fs.openSync(file, 'r')
  const open = w.snapshot()
  fs.closeSync(fd)
  t.strictSame(openFds(open), [fd])
  t.strictSame(openFds(w.snapshot()), [])
})

t.test('what was counted goes on being told beside a watch with stacks, and after it', async t => {
  using counting = watch({ mode: 'count', settleMs: 0 })
  const fd = fs.openSync(file, 'r')
  const watcher = fs.watch(tmpdir(), { persistent: false })
  const told = async () => (await counting.check()).leaks.map(({ type, site }) => `${type} ${site.frames.length}`).toSorted()
  const alone = ['FSEVENTWRAP 0', 'fd 0']
  t.strictSame(await told(), alone)
  const full = watch({ types: ['fs'], settleMs: 0 })
  t.strictSame(await told(), alone)
  const later = fs.openSync(file, 'r')
  matches(t, (await full.check()).leaks, [{ type: 'fd', resources: [{ fd: later }], site: { user: 0 } }])
  full.stop()
  fs.closeSync(later)
  t.strictSame(await told(), alone)
  fs.closeSync(fd)
  watcher.close()
  t.strictSame(await told(), [])
})

t.test('a diff names survivors, gone and kept', async t => {
  using w = watch({ types: ['fs'] })
  const [kept, gone] = [fs.openSync(file, 'r'), fs.openSync(file, 'r')]
  const before = w.snapshot()
  fs.closeSync(gone)
  const survivor = fs.openSync(file, 'r')
  const found = diff(before, w.snapshot())
  t.strictSame([found.survivors, found.gone, found.kept].map(some => some.map(({ fd }) => fd)), [[survivor], [gone], [kept]])
  t.equal(gone, survivor, 'a number that is used again is another resource')
  fs.closeSync(kept)
  fs.closeSync(survivor)
})

t.test('diff judges snapshots that were saved as it judges fresh ones', async t => {
  using w = watch({ types: ['fs'] })
  const before = w.snapshot()
  const fd = fs.openSync(file, 'r')
  const after = w.snapshot()
  t.strictSame(diff(JSON.parse(JSON.stringify(before)), JSON.parse(JSON.stringify(after))), diff(before, after))
  fs.closeSync(fd)
})

t.test('check reports what was opened since the watch began, or since a snapshot', async t => {
  const early = fs.openSync(file, 'r')
  using w = watch({ types: ['fs'], settleMs: 0 })
  const first = fs.openSync(file, 'r')
  const before = w.snapshot()
  const second = fs.openSync(file, 'r')
  t.strictSame(leaked(await w.check()), [first, second])
  t.strictSame(leaked(await w.check({ since: before })), [second])
  t.strictSame(leaked(await w.check({ since: JSON.parse(JSON.stringify(before)) })), [second])
  for (const fd of [early, first, second]) fs.closeSync(fd)
  const report = await w.check()
  matches(t, report, { reason: 'api', leaks: [], pending: [], complete: true })
  t.strictSame(schemaFaults(report), [])
})

t.test('check waits for what is being closed, and not at all where all is clean', async t => {
  using w = watch({ types: ['fs', 'net'] })
  let turned = false
  setImmediate(() => { turned = true })
  matches(t, await w.check(), { leaks: [] })
  t.equal(turned, false)
  const fd = fs.openSync(file, 'r')
  setImmediate(() => setImmediate(() => fs.closeSync(fd)))
  matches(t, await w.check(), { leaks: [] })
  const slow = fs.openSync(file, 'r')
  setTimeout(() => fs.close(slow), 20)
  matches(t, await w.check(), { leaks: [] })
})

t.test('check gives up at once with a settleMs of 0', async t => {
  using w = watch({ types: ['fd'], settleMs: 0 })
  const fd = fs.openSync(file, 'r')
  const report = await w.check()
  fs.closeSync(fd)
  t.strictSame(leaked(report), [fd])
})

t.test('watches that end do not end others', async t => {
  const one = watch({ types: ['fd'] })
  const two = watch({ types: ['fd'] })
  one.stop()
  const fd = fs.openSync(file, 'r')
  t.strictSame(openFds(two.snapshot()), [fd])
  two.stop()
  fs.closeSync(fd)
})

t.test('a watch that ends takes back what it alone asked for', async t => {
  using outer = watch({ types: ['fs'] })
  watch({ types: ['timers'] }).stop()
  const timer = setTimeout(() => {}, 60_000)
  const fd = fs.openSync(file, 'r')
  using later = watch({ types: ['timers'] })
  t.strictSame(later.snapshot().resources, [])
  matches(t, outer.snapshot().resources, [{ type: 'fd', fd }])
  clearTimeout(timer)
  fs.closeSync(fd)
})

t.test('a watch sees the types that it asked for, whatever others ask for', async t => {
  using sockets = watch({ types: ['net'] })
  using files = watch({ types: ['fs'] })
  const fd = fs.openSync(file, 'r')
  t.strictSame(openFds(sockets.snapshot()), [])
  t.strictSame(openFds(files.snapshot()), [fd])
  fs.closeSync(fd)
})

t.test('a watch that is off records nothing, one that counts records no stacks', async t => {
  using off = watch({ mode: 'off' })
  using count = watch({ mode: 'count', types: ['fd'] })
  const fd = fs.openSync(file, 'r')
  matches(t, off.snapshot(), { resources: [], sites: [], kernel: null })
  matches(t, await off.check(), { leaks: [] })
  const snapshot = count.snapshot()
  t.equal(snapshot.mode, 'count')
  matches(t, snapshot.resources.filter(resource => resource.fd === fd), [{ site: -1 }])
  fs.closeSync(fd)
})

const openMany = (count: number) => Array.from({ length: count }, () => fs.openSync(file, 'r'))

t.test('beside a watch that wants each stack, one that counts has them too, and none any more after it', async t => {
  using count = watch({ mode: 'count', types: ['fd'] })
  const full = watch({ types: ['fd'] })
  const [wanted] = openMany(1)
  matches(t, count.snapshot(), { mode: 'full' })
  full.stop()
  const [later] = openMany(1)
  const { mode, resources, sampled } = count.snapshot()
  t.strictSame([mode, sampled], ['count', { captured: 0, skipped: 0 }])
  matches(t, resources.filter(({ fd }) => fd === wanted || fd === later), [{ site: -1 }, { site: -1 }])
  using again = watch({ types: ['fd'] })
  matches(t, again.snapshot().resources.filter(({ fd }) => fd === wanted || fd === later), [{ isCounted: false }, { isCounted: true, site: -1 }])
  for (const fd of [wanted, later]) fs.closeSync(fd!)
})

t.test('beside a watch that wants each stack, one that is adaptive has them too, and goes on sampling after it', async t => {
  using adaptive = watch({ mode: 'adaptive', budget: 1e-6, types: ['fd'] })
  const linesOf = (fds: readonly number[]) => adaptive.snapshot().resources.filter(({ fd }) => fds.includes(fd!)).map(({ site }) => site !== -1)
  const sampled = openMany(200)
  const { mode, resources, sampled: { skipped } } = adaptive.snapshot()
  t.equal(mode, 'adaptive')
  t.ok(skipped > 100, `${skipped} stacks are skipped`)
  t.equal(resources.filter(({ fd, site, isCounted }) => sampled.includes(fd!) && isCounted === (site === -1)).length, 200)
  const full = watch({ types: ['fd'] })
  const wanted = openMany(200)
  t.strictSame(linesOf(wanted), wanted.map(() => true))
  matches(t, adaptive.snapshot(), { mode: 'full', sampled: { skipped } })
  full.stop()
  const later = openMany(200)
  t.ok(linesOf(later).includes(false), 'some have no line again')
  t.equal(adaptive.snapshot().mode, 'adaptive')
  const { leaks } = await adaptive.check()
  t.equal(leaks.reduce((sum, { count }) => sum + count, 0), 600)
  for (const fd of [...sampled, ...wanted, ...later]) fs.closeSync(fd)
})

t.test('a thread that has run for a second and never rests is not taken for one that loads', async t => {
  using w = watch({ types: ['fd', 'process'], settleMs: 100 })
  const started = performance.now()
  const worker = new Worker("const { parentPort } = require('worker_threads'); parentPort.postMessage('begun'); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)", { eval: true })
  await once(worker, 'message')
  const fd = fs.openSync(file, 'r')
  const timed = async () => {
    const beganMs = performance.now()
    t.strictSame((await w.check()).leaks.map(({ type }) => type).toSorted(), ['WORKER', 'fd'])
    return performance.now() - beganMs
  }
  await timed()
  await new Promise(resolve => setTimeout(resolve, Math.max(0, 1_100 - (performance.now() - started))))
  t.ok(await timed() < 500, 'what leaks then has its time once')
  fs.closeSync(fd)
  await worker.terminate()
})

t.test('what fs.readFile is at stands for its call, with the descriptor that it holds', async t => {
  const directory = fs.mkdtempSync(join(tmpdir(), 'leakwatch-fifo-'))
  t.teardown(() => fs.rmSync(directory, { recursive: true }))
  const fifo = join(directory, 'fifo')
  execFileSync('mkfifo', [fifo])
  using w = watch({ types: ['FSREQCALLBACK'] })
  const held = fs.openSync(fifo, 'r+')
  const read = new Promise(resolve => { fs.readFile(fifo, 'utf8', (_error, text) => { resolve(text) }) })
  // Until it has opened the file, asked how long it is, and reads.
  await wait(50)
  const { kernel, resources, sites } = w.snapshot()
  fs.writeSync(held, 'text')
  await wait(20)
  fs.closeSync(held)
  t.equal(await read, 'text')
  matches(t, resources, [{ type: 'FSREQCALLBACK' }])
  const site = sites[resources[0]!.site]
  t.match(site?.frames[site.user]?.file, /watch\.test/)
  // Node 26 does not list what its requests are at.
  if (resources[0]?.fd !== null && kernel !== null) t.notOk(kernel.unexplained.some(({ fd }) => fd === resources[0]!.fd))
  else t.equal(process.versions.node.split('.')[0], '26')
})

t.test('a watch that is stopped takes back its taps, and says so when it is asked', async t => {
  const { openSync } = fs
  const w = watch()
  t.not(fs.openSync, openSync)
  w.stop()
  w.stop()
  t.equal(fs.openSync, openSync)
  t.throws(() => w.snapshot(), { code: 'ERR_LEAKWATCH_STOPPED', message: /snapshot\(\) .* Begin a new one with watch\(\)/ })
  await t.rejects(w.check(), { code: 'ERR_LEAKWATCH_STOPPED' })
})

t.test('a watch ends with the block that declared it, also when that throws', async t => {
  const { openSync } = fs
  let kept: Watch | null = null
  try {
    using w = watch()
    kept = w
    throw new Error('of the block')
  } catch {}
  t.equal(fs.openSync, openSync)
  t.throws(() => kept!.snapshot(), { code: 'ERR_LEAKWATCH_STOPPED' })
})

t.test('a check that was begun before the end of its watch resolves', async t => {
  const w = watch({ types: ['fd'], settleMs: 50 })
  const fd = fs.openSync(file, 'r')
  const checking = w.check()
  w.stop()
  t.strictSame(leaked(await checking), [fd])
  fs.closeSync(fd)
})

const misuses: readonly (readonly [what: string, options: unknown, code: string, message: RegExp])[] = [
  ['a misspelt option', { tpyes: ['fs'] }, 'ERR_LEAKWATCH_OPTION_UNKNOWN', /'tpyes'.*Did you mean 'types'\?/],
  ['an option that is like none', { colour: 1 }, 'ERR_LEAKWATCH_OPTION_UNKNOWN', /'colour'.*Valid are mode, budget, types, depth, ownership, chain, pendingAfterMs/],
  ['a misspelt type', { types: ['TCPWARP'] }, 'ERR_LEAKWATCH_OPTION_INVALID', /'TCPWARP'.*Did you mean 'TCPWRAP'\?/],
  ['a type that is like none', { types: ['everything under the sun'] }, 'ERR_LEAKWATCH_OPTION_INVALID', /Valid are fs, requests, net, /],
  ['types that are no array', { types: 'fs' }, 'ERR_LEAKWATCH_OPTION_INVALID', /'types' wants an array of groups or types, but was given 'fs'/],
  ['no types', { types: [] }, 'ERR_LEAKWATCH_OPTION_INVALID', /at least one/],
  ['a type that is no string', { types: [7] }, 'ERR_LEAKWATCH_OPTION_INVALID', /given 7/],
  ['a negative depth', { depth: -1 }, 'ERR_LEAKWATCH_OPTION_INVALID', /'depth' wants a whole number from 0 to 64, but was given -1/],
  ['a depth beyond the limit', { depth: 65 }, 'ERR_LEAKWATCH_OPTION_INVALID', /given 65/],
  ['a depth in pieces', { depth: 1.5 }, 'ERR_LEAKWATCH_OPTION_INVALID', /given 1\.5/],
  ['a depth in words', { depth: '16' }, 'ERR_LEAKWATCH_OPTION_INVALID', /given '16'/],
  ['a depth that is none', { depth: null }, 'ERR_LEAKWATCH_OPTION_INVALID', /given null/],
  ['an endless settling', { settleMs: Infinity }, 'ERR_LEAKWATCH_OPTION_INVALID', /'settleMs'.*given Infinity/],
  ['a misspelt mode', { mode: 'cuont' }, 'ERR_LEAKWATCH_OPTION_INVALID', /Did you mean 'count'\?/],
  ['a budget of nothing', { budget: 0 }, 'ERR_LEAKWATCH_OPTION_INVALID', /'budget' wants a number above 0 and up to 1, but was given 0\. Give for instance 0\.01/],
  ['a budget of more than there is', { budget: 1.5 }, 'ERR_LEAKWATCH_OPTION_INVALID', /given 1\.5/],
  ['a budget that is no number', { budget: NaN }, 'ERR_LEAKWATCH_OPTION_INVALID', /given NaN/],
  ['a budget in words', { budget: '1%' }, 'ERR_LEAKWATCH_OPTION_INVALID', /given '1%'/],
  ['options that are an array', [], 'ERR_LEAKWATCH_OPTION_INVALID', /an object, but was given an empty array/],
  ['options that are null', null, 'ERR_LEAKWATCH_OPTION_INVALID', /given null/],
  ['options that are a string', 'fs', 'ERR_LEAKWATCH_OPTION_INVALID', /given 'fs'/],
]

for (const [what, options, code, message] of misuses) {
  t.test(`${what} is refused with ${code}, and nothing is tapped`, async t => {
    const { openSync } = fs
    const error = thrownBy(() => watch(options as never))
    t.match(error, { name: 'LeakwatchError', code, message })
    t.equal(isLeakwatchError(error), true)
    t.equal(fs.openSync, openSync)
  })
}

t.test('depths of 0 and 64 are taken', async t => {
  for (const depth of [0, 64]) watch({ depth }).stop()
  matches(t, [resolve({ depth: 0 }), resolve({ depth: 64 })], [{ depth: 0 }, { depth: 64 }])
})

t.test('settings are complete and frozen, and an option that is undefined has its default', async t => {
  const settings = resolve({ depth: undefined } as never)
  t.match(settings, { mode: 'full', depth: 16, settleMs: 500 })
  t.equal(Object.isFrozen(settings), true)
})

t.test('check refuses what is no snapshot of its thread', async t => {
  using w = watch({ types: ['fd'] })
  const snapshot = w.snapshot()
  const elsewhere = (process: Partial<Snapshot['process']>) => ({ ...snapshot, process: { ...snapshot.process, ...process } })
  await t.rejects(w.check({ since: elsewhere({ pid: 1 }) }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /of process \d+, thread 0, but was given one of process 1, thread 0/ })
  await t.rejects(w.check({ since: elsewhere({ threadId: 3 }) }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /thread 3/ })
  for (const since of [{}, 'snapshot', 7, null, await w.check(), { ...snapshot, resources: undefined }]) {
    await t.rejects(w.check({ since } as never), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /Give what snapshot\(\) returned/ })
  }
})

t.test('check refuses what is no scope', async t => {
  using w = watch({ types: ['fd'], settleMs: 0 })
  const fd = fs.openSync(file, 'r')
  t.equal((await w.check({ scope: { id: Number.MAX_SAFE_INTEGER } })).leaks.length, 0)
  for (const wrong of ['job', {}, { id: '1' }, 5, null]) {
    await t.rejects(w.check({ scope: wrong } as never), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /^Option 'scope' wants a scope, but was given .*\. Give what scope\(\) hands/ })
  }
  fs.closeSync(fd)
})

t.test('check refuses options that it does not know', async t => {
  using w = watch({ types: ['fd'] })
  await t.rejects(w.check({ sicne: w.snapshot() } as never), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN', message: /'sicne'.*Did you mean 'since'\?/ })
  await t.rejects(w.check(null as never), { code: 'ERR_LEAKWATCH_OPTION_INVALID' })
  await t.rejects(w.check(w.snapshot() as never), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN' })
})

function openFds(snapshot: Snapshot): readonly (number | null)[] {
  return snapshot.resources.filter(({ target }) => target === file).map(({ fd }) => fd)
}

function leaked(report: Report): readonly (number | null)[] {
  return report.leaks.flatMap(({ resources }) => resources.map(({ fd }) => fd)).toSorted((a, b) => Number(a) - Number(b))
}

function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return null
}
