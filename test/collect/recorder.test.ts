import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { matches } from '../support/matches.ts'
import { announcePromisesUrl, inRoot, registerUrl } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const index = JSON.stringify(new URL('../../lib/index.js', import.meta.url).href)
const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-recorder-')))
t.teardown(() => rmSync(base, { recursive: true }))

// Hooks that are enabled and not disabled again, and whether any of them has a destroy callback.
const counts = `data:text/javascript,${encodeURIComponent(`
  import hooks from 'node:async_hooks'
  import { syncBuiltinESMExports } from 'node:module'
  const { createHook } = hooks
  globalThis.enabled = new Set()
  hooks.createHook = callbacks => {
    const hook = createHook(callbacks)
    const { enable, disable } = hook
    hook.enable = function () { enabled.add(callbacks); return enable.call(hook) }
    hook.disable = function () { enabled.delete(callbacks); return disable.call(hook) }
    return hook
  }
  syncBuiltinESMExports()`)}`

async function printed(program: string, options: { readonly before?: readonly string[], readonly register?: boolean } = {}): Promise<string> {
  const { code, stdout, stderr } = await runNode({ eval: program, flags: ['--input-type=module'], register: false, ...options })
  if (code !== 0) throw new Error(stderr)
  return stdout
}

t.test('one AsyncHook records for every watch of a thread, and goes with the last', async t => {
  const program = `const { watch } = await import(${index})
    const watches = [watch(), watch({ types: ['net'] }), watch({ types: ['fd'], depth: 2 }), watch(), watch({ mode: 'count' })]
    const during = enabled.size
    watches.pop().stop()
    const fewer = enabled.size
    for (const w of watches) w.stop()
    console.log(during, fewer, enabled.size)`
  t.equal(await printed(program, { before: [counts] }), '1 1 0\n')
  t.equal(await printed(program, { before: [counts], register: true }), '1 1 1\n')
})

t.test('no destroy callback is registered', async t => {
  const program = `const { watch } = await import(${index}); watch(); console.log([...enabled].some(({ destroy }) => destroy !== undefined))`
  t.equal(await printed(program, { before: [counts] }), 'false\n')
  t.equal(await printed(program, { before: [counts, announcePromisesUrl] }), 'false\n')
})

t.test('nothing of leakwatch is left once the last watch ended', async t => {
  const program = `const { watch } = await import(${index})
    const fs = (await import('node:fs')).default, net = (await import('node:net')).default
    const keys = () => [process, Object.getPrototypeOf(process), fs, net.Server.prototype, globalThis].map(each => Reflect.ownKeys(each).length)
    const looks = () => [fs.open, fs.openSync, fs.close, fs.closeSync, net.Server.prototype.listen, process.emit, process.reallyExit]
    net.Server; globalThis.fetch; process.stdout
    const before = [keys(), looks()]
    for (let round = 0; round < 3; round++) {
      const w = watch()
      fs.closeSync(fs.openSync(process.execPath))
      w.stop()
    }
    console.log(String(keys()) === String(before[0]), looks().every((each, at) => each === before[1][at]))`
  t.equal(await printed(program), 'true true\n')
})

t.test('two copies of one version share one recording', async t => {
  cpSync(inRoot('dist/lib'), join(base, 'dist/lib'), { recursive: true })
  cpSync(inRoot('package.json'), join(base, 'package.json'))
  symlinkSync(inRoot('node_modules'), join(base, 'node_modules'))
  const copy = JSON.stringify(`file://${base}/dist/lib/index.js`)
  const program = `const one = await import(${index}), two = await import(${copy})
    const fs = (await import('node:fs')).default
    const [first, second] = [one.watch({ types: ['fd'] }), two.watch({ types: ['fd'] })]
    const fd = fs.openSync(process.execPath)
    const seen = w => w.snapshot().resources.map(({ fd }) => fd).join()
    console.log(one.watch !== two.watch, enabled.size, seen(first) === String(fd), seen(second) === String(fd))
    first.stop()
    console.log(enabled.size, seen(second) === String(fd), one.diff(second.snapshot(), second.snapshot()).kept.length)
    second.stop()
    console.log(enabled.size)`
  t.equal(await printed(program, { before: [counts] }), 'true 1 true true\n1 true 1\n0\n')
})

t.test('a copy of another version is not meddled with: watch throws, register says so', async t => {
  const other = `data:text/javascript,${encodeURIComponent('process[Symbol.for("leakwatch.recording")] = { protocol: 99, from: "file:///other/leakwatch" }')}`
  const program = `const { watch } = await import(${index}); try { watch() } catch (error) { console.log(error.code, error.message.includes('file:///other/leakwatch')) }`
  t.equal(await printed(program, { before: [other] }), 'ERR_LEAKWATCH_OTHER_COPY true\n')
  const { code, stderr } = await runNode({ eval: '0', before: [other], register: registerUrl })
  t.equal(code, 0)
  t.match(stderr, /^leakwatch: nothing is recorded: Another version of leakwatch records this process already \(file:\/\/\/other\/leakwatch\)/)
})

t.test('after forty sockets and files were closed table and ledger hold nothing but standard streams', async t => {
  const program = `const { watch } = await import(${index})
    const fs = (await import('node:fs')).default, net = (await import('node:net')).default
    const w = watch()
    const server = net.createServer(socket => socket.destroy()).listen(0)
    await new Promise(done => server.on('listening', done))
    for (let round = 0; round < 20; round++) {
      fs.closeSync(fs.openSync(process.execPath))
      await new Promise(done => net.connect(server.address().port).on('close', done).on('error', () => {}).resume())
    }
    await new Promise(done => server.close(done))
    w.snapshot()
    const { recorder } = process[Symbol.for('leakwatch.recording')].standby
    const ours = [...recorder.table.values()].filter(({ resource }) => !(resource?.fd <= 2))
    console.log(ours.length, recorder.ledger.size)`
  for (const before of [[], [announcePromisesUrl]]) t.equal(await printed(program, { before }), '0 0\n')
})

t.test('a socket from a pool is as old as the request that holds it', async t => {
  const program = `const { watch } = await import(${index})
    import http from 'node:http'
    import { once } from 'node:events'
    const server = http.createServer(({ url }, response) => url === '/held' ? answers.push(response) : response.end()).listen(0, '127.0.0.1')
    const answers = []
    await once(server, 'listening')
    const { port } = server.address()
    const agent = new http.Agent({ keepAlive: true })
    const clients = {
      http: path => new Promise(done => http.get({ port, path, agent, host: '127.0.0.1' }, response => response.resume().on('end', done))),
      fetch: async path => (await fetch('http://127.0.0.1:' + port + path)).text(),
    }
    const w = watch()
    for (const [name, get] of Object.entries(clients)) {
      await get('/')
      const answeredAtMs = Date.now()
      while (Date.now() < answeredAtMs + 20) await new Promise(setImmediate)
      const held = get('/held')
      while (answers.length === 0) await new Promise(setImmediate)
      const sockets = w.snapshot().resources.filter(({ target, pool }) => target?.endsWith('> 127.0.0.1:' + port) && pool === null)
      console.log(name, sockets.length, sockets.every(({ openedAtMs }) => openedAtMs > answeredAtMs))
      answers.pop().end()
      await held
    }
    process.exit()`
  t.equal(await printed(program), 'http 1 true\nfetch 1 true\n')
})

t.test('a file that was sent by HTTP/2 leaves nothing, however many pieces it was read in', async t => {
  t.equal(await printed(`
    import http2 from 'node:http2'
    import { once } from 'node:events'
    const { watch } = await import(${index})
    const w = watch({ types: ['fs', 'requests'] })
    const server = http2.createServer().listen(0)
    server.on('stream', stream => stream.respondWithFile(process.execPath, {}, { length: 300_000 }))
    await once(server, 'listening')
    const client = http2.connect('http://localhost:' + server.address().port)
    await Promise.all(Array.from({ length: 5 }, () => once(client.request().resume(), 'close')))
    client.close()
    server.close()
    await once(server, 'close')
    console.log(w.snapshot().resources.filter(({ type }) => type === 'FSREQCALLBACK').length)`), '0\n')
})

t.test('a number that native code closed, and a socket or libuv took, is blamed on nobody', async t => {
  const program = `
    const fs = require('node:fs')
    const taken = [1, 2].map(() => fs.openSync(process.execPath))
    globalThis.kept = fs.openSync(process.execPath)
    for (const fd of taken) process.binding('fs').close(fd)
    const server = require('node:net').createServer().listen(0, () => {
      console.log(taken.map(fd => fs.readlinkSync('/proc/self/fd/' + fd).replace(/\\d+/, 'N')).sort().join())
      server.close()
    })`
  const { stdout, report } = await runNode({ eval: program })
  t.equal(stdout, '/dev/null,socket:[N]\n')
  matches(t, report, { leaks: [{ type: 'fd', count: 1, site: { frames: { 0: { line: 4 } } } }], kernel: { unexplained: [] }, complete: true })
})

t.test('however many streams are made before the first is constructed, each descriptor has its line', async t => {
  const program = `
    const fs = require('node:fs')
    const first = fs.createReadStream('/dev/zero')
    let open = 1_500
    for (let count = 0; count < 1_500; count++) fs.createReadStream('/dev/null').on('close', () => --open === 0 && process.exit()).resume()
    const last = fs.createReadStream('/dev/zero')`
  const { report } = await runNode({ eval: program })
  t.strictSame(report.leaks.map(({ site: { frames, user } }: any) => frames[user].line).toSorted(), [3, 6])
  t.strictSame(report.kernel.unexplained, [])
})

t.test('what requests in flight have opened is accounted for, though nobody was told so yet', async t => {
  for (const call of ["open('/dev/null', () => {})", "promises.open('/dev/null')", "promises.readFile('/proc/version')"]) {
    const { report } = await runNode({ eval: `const fs = require('node:fs'); for (let count = 0; count < 3; count++) fs.${call}; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100); process.exit()` })
    t.strictSame([report.leaks, report.kernel.unexplained, report.complete], [[], [], true], call)
  }
})

t.test('what libuv keeps in hand for the loop of another thread is no descriptor of the program', async t => {
  const program = `
    const thread = ${JSON.stringify('data:text/javascript,' + encodeURIComponent("import net from 'node:net'; net.createServer().listen(0, '127.0.0.1').unref(); export const load = (...given) => given[2](...given)"))}
    require('node:module').register(thread)
    import('data:text/javascript,1').then(() => require('node:net').createServer().listen(0, '127.0.0.1', () => process.exit()))`
  const { report } = await runNode({ eval: program })
  // The server of that thread: what happens there is not recorded.
  matches(t, report.kernel.unexplained, [{ target: /^socket:/ }])
})

t.test('devices, and files that were renamed or removed, are what they were opened as', async t => {
  const program = `
    const fs = require('node:fs'), path = ${JSON.stringify(base)} + '/renamed'
    fs.openSync('/dev/null')
    fs.openSync('/proc/self/status')
    fs.openSync(path, 'w')
    fs.renameSync(path, path + '-2')
    fs.openSync(path, 'w')
    fs.rmSync(path)
    process.chdir('/dev'); fs.openSync('zero')`
  const { stderr, report } = await runNode({ eval: program })
  t.equal(stderr, '')
  t.equal(report.leaks.reduce((sum: number, { count }: { readonly count: number }) => sum + count, 0), 5)
})
