import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import t from 'tap'
import { assertNoLeaks, isLeakError, isLeakwatchError, LeakError, LeakwatchError, watch } from '../../../lib/index.ts'
import { matches } from '../../support/matches.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import { runNode } from '../../support/run.ts'

const file = fs.realpathSync(process.execPath)

t.test('what the function returned is handed on when it closed all', async t => {
  t.equal(await assertNoLeaks(() => 7), 7)
  t.equal(await assertNoLeaks(async () => {
    const handle = await fs.promises.open(file)
    await handle.close()
    return 'closed'
  }), 'closed')
})

t.test('a leak is thrown as a LeakError, its first line the summary, with the report', async t => {
  let fd = -1
  const error = await assertNoLeaks(() => { fd = fs.openSync(file, 'r') }, { settleMs: 0 }).catch(error => error)
  fs.closeSync(fd)
  matches(t, error, { name: 'LeakError', code: 'ERR_LEAKWATCH_LEAK', message: /^leakwatch: 1 leak from 1 line/, report: { leaks: [{ type: 'fd', count: 1, resources: [{ fd, target: file }] }] } })
  t.equal(error.message.match(/^leakwatch: 1 leak/gm)?.length, 1)
  t.match(error.message, /assert-no-leaks\.test\.ts:\d+/)
  t.equal(isLeakError(error) && !isLeakwatchError(error), true)
  t.strictSame(schemaFaults(error.report), [])
})

t.test('each leak has its line, also where stacks are sampled', async t => {
  using adaptive = watch({ mode: 'adaptive', budget: 1e-6, types: ['fd'] })
  const fds = Array.from({ length: 100 }, () => fs.openSync(file, 'r'))
  t.ok(adaptive.snapshot().sampled.skipped > 0)
  const error = await assertNoLeaks(() => { for (let count = 0; count < 300; count++) fds.push(fs.openSync(file, 'r')) }, { settleMs: 0, mode: 'adaptive', budget: 1e-6 }).catch(error => error)
  for (const fd of fds) fs.closeSync(fd)
  matches(t, error?.report.leaks, [{ type: 'fd', count: 300, site: { user: 0 } }])
  t.equal(error?.report.sampled.skipped, 0)
  t.equal(adaptive.snapshot().mode, 'adaptive')
})

t.test('a socket that fetch took from its pool is found, also one that it had opened to spare after a request was given up', async t => {
  const watching = watch({ types: ['net'] })
  t.teardown(() => watching.stop())
  let connections = 0
  const server = http.createServer(() => {}).on('connection', () => { connections++ }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => { server.closeAllConnections(); server.close() })
  const url = `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  const asked = async (signal: AbortSignal) => {
    const arrived = once(server, 'request')
    fetch(url, { signal }).catch(() => {}) // asked
    await arrived
  }
  const first = new AbortController()
  await asked(first.signal)
  first.abort()
  // Not every Node opens one.
  for (let waits = 0; connections < 2 && waits < 30; waits++) await sleep(10)
  await sleep(10)
  const second = new AbortController()
  t.teardown(() => second.abort())
  const error = await assertNoLeaks(() => asked(second.signal), { settleMs: 0, types: ['net'] }).catch(error => error)
  t.strictSame(error?.report.leaks.map(({ site }: any) => site.frames[site.user].function), ['asked'])
})

t.test('a directory that was opened at once is blamed on who opened it, not on whose request completes next', async t => {
  using directories = { kept: [] as fs.Dir[], [Symbol.dispose]() { for (const dir of this.kept) dir.closeSync() } }
  const [opens, asks] = await Promise.allSettled([
    assertNoLeaks(async () => {
      await fs.promises.stat(tmpdir())
      directories.kept.push(fs.opendirSync(tmpdir()))
    }, { settleMs: 0 }),
    assertNoLeaks(async () => { for (let count = 0; count < 50; count++) await fs.promises.stat(tmpdir()) }, { settleMs: 0 }),
  ])
  matches(t, opens, { status: 'rejected', reason: { report: { leaks: [{ type: 'DIRHANDLE' }] } } })
  matches(t, asks, { status: 'fulfilled' })
})

t.test('a descriptor that has the number of a FileHandle which is being closed is told', async t => {
  const handle = await fs.promises.open(file)
  const number = handle.fd
  let fd = -1
  const error = await assertNoLeaks(() => {
    void handle.close()
    // A thread of the pool has closed it by then.
    for (let tries = 0; tries < 100 && fd !== number; tries++) {
      if (fd !== -1) fs.closeSync(fd)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
      fd = fs.openSync(file, 'r')
    }
  }, { settleMs: 0 }).catch(error => error)
  fs.closeSync(fd)
  t.equal(fd, number)
  matches(t, error?.report.leaks, [{ type: 'fd', resources: [{ fd }] }])
})

t.test('what a thread is to let go of when it has begun is waited for while it is starting', async t => {
  const start = (startMs: number) => {
    const { port1, port2 } = new MessageChannel()
    const code = `const { parentPort, workerData } = require('worker_threads')
      for (const end = Date.now() + ${startMs}; Date.now() < end;);
      workerData.on('message', () => {}).postMessage('ready')`
    const worker = new Worker(code, { eval: true, workerData: port2, transferList: [port2] })
    worker.unref()
    port1.on('message', () => port1.unref())
    t.teardown(() => worker.terminate())
  }
  await assertNoLeaks(() => start(400), { types: ['process'], settleMs: 100 })
  const error = await assertNoLeaks(() => start(2_000), { types: ['process'], settleMs: 100 }).catch(error => error)
  matches(t, error, { report: { leaks: [{ type: 'MESSAGEPORT', count: 1 }] } }, 'but for no longer than ten times')
})

t.test('a request that is still in flight is thrown too', async t => {
  const directory = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'leakwatch-assert-')))
  const path = join(directory, 'fifo')
  execFileSync('mkfifo', [path])
  const error = await assertNoLeaks(() => { fs.readFile(path, () => {}) }, { settleMs: 5 }).catch(error => error)
  fs.closeSync(fs.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK))
  fs.rmSync(directory, { recursive: true })
  matches(t, error, { code: 'ERR_LEAKWATCH_LEAK', message: /^leakwatch: 1 leak/, report: { leaks: [{ type: 'FSREQCALLBACK', reason: 'The operation has not completed in its time.' }], pending: [] } })
})

t.test('a request that gets its socket in the tick after the function is thrown too', async t => {
  const server = net.createServer(() => {}).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const request: { current: http.ClientRequest | null } = { current: null }
  const error = await assertNoLeaks(() => {
    request.current = http.get({ host: '127.0.0.1', port: (server.address() as net.AddressInfo).port }).on('error', () => {})
  }, { settleMs: 5 }).catch(error => error)
  request.current?.destroy()
  server.close()
  matches(t, error, { code: 'ERR_LEAKWATCH_LEAK', report: { leaks: [{ type: 'TCPWRAP' }] } })
})

t.test('a request that Node refused is not in flight', async t => {
  await assertNoLeaks(() => {
    t.throws(() => fs.close('3' as never, () => {}))
    t.throws(() => fs.stat({} as never, () => {}))
    t.throws(() => fs.readlink('a\0b', () => {}))
  })
})

t.test('a timer that was let go of with unref() may go on, another may not', async t => {
  let timer: NodeJS.Timeout | null = null
  await assertNoLeaks(() => { timer = setTimeout(() => {}, 60_000).unref() }, { types: ['timers'], settleMs: 5 })
  clearTimeout(timer!)
  const error = await assertNoLeaks(() => { timer = setTimeout(() => {}, 60_000) }, { types: ['timers'], settleMs: 5 }).catch(error => error)
  clearTimeout(timer!)
  matches(t, error, { report: { leaks: [{ type: 'Timeout', reason: 'It has not fired, and nobody cleared it.' }] } })
})

t.test('an error of the function comes first, as it is, and the watch ends', async t => {
  const { openSync } = fs
  const thrown = new Error('of the function')
  const fd = { value: -1 }
  t.equal(await assertNoLeaks(() => {
    fd.value = fs.openSync(file, 'r')
    throw thrown
  }).catch(error => error), thrown)
  t.equal(fs.openSync, openSync)
  fs.closeSync(fd.value)
})

t.test('what was open before is nobody\'s leak', async t => {
  const fd = fs.openSync(file, 'r')
  await t.resolves(assertNoLeaks(() => {}, { settleMs: 0 }))
  fs.closeSync(fd)
})

t.test('other types than those that were asked for do not count', async t => {
  let fd = -1
  await t.resolves(assertNoLeaks(() => { fd = fs.openSync(file, 'r') }, { types: ['net'], settleMs: 0 }))
  fs.closeSync(fd)
})

t.test('a promise in place of a function is refused', async t => {
  await t.rejects(assertNoLeaks(Promise.resolve() as never), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /given object\. Give \(\) => …, not the promise/ })
  await t.rejects(assertNoLeaks(undefined as never), { code: 'ERR_LEAKWATCH_ARGUMENT' })
  await t.rejects(assertNoLeaks(() => {}, { dpeth: 1 } as never), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN' })
})

t.test('errors are told apart by brand, so that another copy of the package may have made them', async t => {
  t.equal(isLeakwatchError({ [Symbol.for('leakwatch.LeakwatchError')]: true }), true)
  t.equal(isLeakError({ [Symbol.for('leakwatch.LeakError')]: true }), true)
  for (const other of [null, undefined, 7, 'error', {}, new Error('other')]) {
    t.equal(isLeakError(other) || isLeakwatchError(other), false)
  }
  const cause = new Error('why')
  t.equal(new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', 'said', { cause }).cause, cause)
  t.equal(new LeakError('said', {} as never, { cause }).cause, cause)
})

t.test('it settles by the true timers, though fake ones were in place before leakwatch was loaded', async t => {
  const index = JSON.stringify(new URL('../../../lib/index.js', import.meta.url).href)
  const { stdout } = await runNode({ register: false, eval: `globalThis.setTimeout = globalThis.setImmediate = () => {}
    import(${index}).then(({ assertNoLeaks }) => assertNoLeaks(() => { require('fs').openSync(process.execPath) }, { settleMs: 20 })).catch(({ code }) => console.log(code))` })
  t.equal(stdout, 'ERR_LEAKWATCH_LEAK\n')
})

t.test('settings of an HTTP/2 session go with it', async t => {
  const server = http2.createServer((_request, response) => response.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  await t.resolves(assertNoLeaks(async () => {
    for (const end of ['close', 'destroy'] as const) {
      const session = http2.connect(`http://127.0.0.1:${(server.address() as net.AddressInfo).port}`)
      await once(session, 'connect')
      session.settings({ enablePush: false })
      session[end]()
      await once(session, 'close')
    }
  }, { types: ['net', 'http'] }))
  server.close()
})

t.test('a server that could not be started holds nothing', { skip: process.platform === 'win32' }, async t => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { fd } = (server as unknown as { readonly _handle: { readonly fd: number } })._handle
  await t.resolves(assertNoLeaks(async () => {
    const other = net.createServer()
    const [error] = await once(other.listen({ fd }), 'error').catch(error => [error])
    t.match(error, { code: 'EEXIST' })
  }))
  server.close()
})
