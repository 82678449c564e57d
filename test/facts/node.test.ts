// What leakwatch is built on, asked of Node itself. A test that turns red here names what a newer Node does otherwise.
import { execFileSync } from 'node:child_process'
import t from 'tap'
import { runNode } from '../support/run.ts'

const major = Number(process.versions.node.split('.')[0])
const file = JSON.stringify(process.execPath)

/** Runs a program with a hook that keeps `events` (asyncId, type, trigger, execution, user frames, resource); `print` ends it. */
async function observed(program: string, flags: readonly string[] = []): Promise<any> {
  const text = `
    const hooks = require('async_hooks'), fs = require('fs'), net = require('net'), http = require('http')
    const events = [], ended = new Set(), order = []
    const stackOf = () => { const { stackTraceLimit } = Error; Error.stackTraceLimit = 30; const { stack } = new Error('at'); Error.stackTraceLimit = stackTraceLimit; return stack }
    const hook = hooks.createHook({
      init(asyncId, type, trigger, resource) { order.push('init ' + asyncId); events.push({ asyncId, type, trigger, execution: hooks.executionAsyncId(), isUser: stackOf().split('\\n').slice(3).some(line => line.includes('[eval]') && !line.includes('node:')), resource }) },
      before(asyncId) { order.push('before ' + asyncId) },
      destroy(asyncId) { ended.add(asyncId) },
    })
    const of = type => events.filter(event => event.type === type)
    const turns = async (count = 5) => { for (let turn = 0; turn < count; turn++) await new Promise(done => setImmediate(done)) }
    const once = (emitter, name) => new Promise(done => emitter.once(name, done))
    const print = value => { hook.disable(); fs.writeSync(1, JSON.stringify(value)) }
    async function main() { ${program} }
    hook.enable()
    main().catch(error => { fs.writeSync(2, error.stack); process.exitCode = 1 })`
  const { code, stdout, stderr } = await runNode({ eval: text, register: false, flags: ['--no-warnings', '--expose-gc', ...flags] })
  if (code !== 0 && stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

t.test('1: openSync announces nothing, so a ledger has to be kept', async t => {
  t.strictSame(await observed(`const before = events.length; fs.openSync(${file}); print(events.length - before)`), 0)
})

t.test('1: the request of fs.open is over while its descriptor stays open', async t => {
  t.strictSame(await observed(`const fd = await new Promise(done => fs.open(${file}, (error, fd) => done(fd))); await turns(); print([of('FSREQCALLBACK').map(({ asyncId }) => ended.has(asyncId)), fs.fstatSync(fd).isFile()])`), [[true], true])
})

t.test('2: a FILEHANDLE is announced without trigger and frame, right before the before of its request', async t => {
  const [handle, request, isNext] = await observed(`
    const handle = await fs.promises.open(${file})
    const [announced] = of('FILEHANDLE').slice(-1), [request] = of('FSREQPROMISE').slice(-1)
    print([{ trigger: announced.trigger, execution: announced.execution, isUser: announced.isUser }, request.isUser, order[order.indexOf('init ' + announced.asyncId) + 1] === 'before ' + request.asyncId]); await handle.close()`)
  t.strictSame(handle, { trigger: 0, execution: 0, isUser: false })
  t.strictSame([request, isNext], [true, true])
})

t.test('3: a FileHandle that was closed is not destroyed before it is collected, but its number is negative', async t => {
  t.strictSame(await observed(`const handle = await fs.promises.open(${file}); await handle.close(); await turns(20); print([ended.has(of('FILEHANDLE')[0].asyncId), handle.fd, of('FILEHANDLE')[0].resource.fd < 0])`), [false, -1, true])
})

t.test('4: destroy events are late, and do not come at exit', async t => {
  t.strictSame(await observed(`const socket = new net.Socket(); const server = net.createServer().listen(0); await once(server, 'listening'); const [{ asyncId }] = of('TCPSERVERWRAP'); server.close(); const after = ended.has(asyncId); process.on('exit', () => print([after, ended.has(asyncId)])); process.exit()`), [false, false])
})

t.test('5: whether promises can be left out is told by trying it, not by the version', async t => {
  const isAnnounced = `let seen = false; hooks.createHook({ init: (id, type) => { seen ||= type === 'PROMISE' }, trackPromises: false }).enable(); new Promise(() => {}); print(seen)`
  const seen = await observed(`hook.disable(); ${isAnnounced}`)
  const honoured = major >= 26 || (major === 24 && Number(process.versions.node.split('.')[1]) >= 14)
  t.equal(seen, !honoured)
})

t.test('6: a stack that was captured and not read keeps the receivers of its frames alive', async t => {
  const alive = (read: string) => observed(`hook.disable(); class Opener { open() { const error = {}; Error.captureStackTrace(error); ${read}; return error } }
    const refs = [], errors = []
    ;(() => { for (let number = 0; number < 20; number++) { const opener = new Opener(); refs.push(new WeakRef(opener)); errors.push(opener.open()) } })()
    await turns(); gc(); await turns(); gc(); print([refs.filter(ref => ref.deref()).length, errors.length])`)
  const [unread] = await alive('')
  const [read] = await alive('error.stack')
  t.equal(unread, 20)
  t.ok(read <= 1)
})

t.test('8: a socket from the pool of an http.Agent is announced again, as a ReusedHandle with its new asyncId', async t => {
  t.strictSame(await observed(`
    const server = http.createServer((request, response) => response.end('text')).listen(0); await once(server, 'listening')
    const agent = new http.Agent({ keepAlive: true }), { port } = server.address()
    const get = () => new Promise(done => http.get({ port, host: '127.0.0.1', agent }, response => response.resume().on('end', done)))
    await get(); await turns(); const before = of('TCPWRAP').length; await get()
    const reused = of('TCPWRAP').slice(before).filter(({ resource }) => resource.handle !== undefined)
    print(reused.map(({ asyncId, resource }) => [resource.constructor.name, resource.type !== undefined, resource.handle.getAsyncId() === asyncId])); process.exit()`), [['ReusedHandle', true, true]])
})

t.test('9: an accepted socket has its server for trigger, and no frame of the program', async t => {
  t.strictSame(await observed(`
    const server = net.createServer().listen(0); await once(server, 'listening')
    const accepted = once(server, 'connection'); const client = net.connect(server.address().port, '127.0.0.1'); await accepted
    const found = of('TCPWRAP').filter(({ trigger }) => trigger === of('TCPSERVERWRAP')[0].asyncId)
    print(found.map(({ isUser, execution }) => [isUser, execution])); process.exit()`), [[false, 0]])
})

t.test('10: a throw inside a hook ends the process, and no handler sees it', async t => {
  const { code, stdout } = await runNode({ register: false, eval: `process.on('uncaughtException', () => console.log('seen')); require('async_hooks').createHook({ init() { throw new Error('in a hook') } }).enable(); setTimeout(() => {}, 1)` })
  t.strictSame([code, stdout], [1, ''])
})

t.test('11: writeSync announces nothing', async t => {
  t.equal(await observed(`const before = events.length; fs.writeSync(2, ''); print(events.length - before)`), 0)
})

t.test('12: a strong reference to its resource keeps a FileHandle from being collected, a WeakRef does not', async t => {
  const destroyed = (keep: string) => observed(`hook.disable(); const kept = [], gone = new Set(), ids = []
    hooks.createHook({ init(id, type, trigger, resource) { if (type === 'DIRHANDLE') { ids.push(id); kept.push(${keep}) } }, destroy(id) { gone.add(id) } }).enable()
    ;(() => { for (let number = 0; number < 10; number++) fs.opendirSync('.') })()
    for (let round = 0; round < 3; round++) { await turns(); gc() } await turns(); print([ids.filter(id => gone.has(id)).length, kept.length])`)
  t.strictSame(await destroyed('resource'), [0, 10])
  t.ok((await destroyed('new WeakRef(resource)'))[0] >= 9)
})

t.test('13: with a host, a server is born without a frame of the program, and an AsyncLocalStorage reaches it', async t => {
  t.strictSame(await observed(`
    const storage = new hooks.AsyncLocalStorage(), stores = []
    hooks.createHook({ init(id, type) { if (type === 'TCPSERVERWRAP' || type === 'FILEHANDLE') stores.push([type, storage.getStore() ?? null]) } }).enable()
    const server = net.createServer(); storage.run('carried', () => server.listen(0, 'localhost')); await once(server, 'listening')
    const handle = await storage.run('carried', () => fs.promises.open(${file})); await handle.close()
    print([of('TCPSERVERWRAP').map(({ isUser }) => isUser), stores]); server.close()`), [[false], [['TCPSERVERWRAP', 'carried'], ['FILEHANDLE', null]]])
})

t.test('14: a file stream opens its file in a later tick, named constructNT', async t => {
  t.strictSame(await observed(`
    const { open } = fs; let isUser = null; fs.open = (...args) => { isUser = new Error('at').stack.split('\\n').slice(2).some(line => line.includes('[eval]')); return open(...args) }
    const stream = fs.createReadStream(${file}); const now = isUser; await once(stream, 'open'); stream.destroy()
    print([now, isUser, of('TickObject').filter(({ resource }) => resource.callback?.name === 'constructNT').length])`), [null, false, 1])
})

t.test('15: a resource of the program is destroyed when it is collected, and not before', async t => {
  t.strictSame(await observed(`(() => { new hooks.AsyncResource('multer') })(); const [{ asyncId }] = of('multer'); of('multer')[0].resource = null; await turns(); const early = ended.has(asyncId); for (let round = 0; round < 3; round++) { gc(); await turns() } print([early, ended.has(asyncId)])`), [false, true])
})

t.test('17: a socket that is not referenced holds its descriptor', async t => {
  t.strictSame(await observed(`const server = net.createServer().listen(0); await once(server, 'listening'); server.unref(); const { resource } = of('TCPSERVERWRAP')[0]; print([resource.hasRef(), resource.fd > 2]); server.close()`), [false, true])
})

t.test('18: handles share one prototype with close, hasRef and unref, and know their asyncId', async t => {
  t.strictSame(await observed(`
    const server = net.createServer().listen(0); await once(server, 'listening'); const udp = require('dgram').createSocket('udp4')
    const owner = resource => { for (let at = resource; at; at = Object.getPrototypeOf(at)) if (['close', 'hasRef', 'unref'].every(name => Object.hasOwn(at, name))) return at }
    const [tcp] = of('TCPSERVERWRAP'), [second] = of('UDPWRAP')
    print([owner(tcp.resource) === owner(second.resource), tcp.resource.getAsyncId() === tcp.asyncId]); server.close(); udp.close()`), [true, true])
})

t.test('19: resetAndDestroy closes through reset, and for await closes a Dir without its method', async t => {
  t.strictSame(await observed(`
    const calls = [], server = net.createServer(socket => socket.on('error', () => {})).listen(0); await once(server, 'listening')
    const socket = net.connect(server.address().port, '127.0.0.1'); await once(socket, 'connect')
    for (const name of ['close', 'reset']) { const original = socket._handle[name]; socket._handle[name] = function (...args) { calls.push(name); return original.apply(this, args) } }
    socket.resetAndDestroy(); const dir = fs.opendirSync('.'); let isCalled = false; dir.close = () => { isCalled = true }; for await (const _ of dir) break
    print([calls[0], isCalled]); process.exit()`), ['reset', false])
})

t.test(`a FileHandle that is collected while it is open ${major >= 25 ? 'ends the process' : 'is closed with a warning'}`, async t => {
  const { code, stdout } = await runNode({ register: false, flags: ['--expose-gc', '--no-warnings'], eval: `const fs = require('fs'); (async () => { await (async () => { await fs.promises.open(${file}) })(); for (let round = 0; round < 5; round++) { await new Promise(done => setImmediate(done)); gc() } await new Promise(done => setImmediate(done)); console.log('alive') })()` })
  t.strictSame([code, stdout], major >= 25 ? [1, ''] : [0, 'alive\n'])
})

t.test('replaced functions of fs are seen by named imports once they are synchronised, and by Node\'s own callers', async t => {
  const program = `import fs, { openSync, readFileSync } from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
    const calls = [], original = fs.openSync; fs.openSync = (...args) => { calls.push('openSync'); return original(...args) }; syncBuiltinESMExports()
    fs.closeSync(openSync(${file})); fs.truncateSync; fs.writeSync(1, String(calls.length)); readFileSync`
  const { stdout } = await runNode({ register: false, flags: ['--input-type=module'], eval: program })
  t.equal(stdout, '1')
})

t.test('the kernel\'s list of descriptors holds the one that reads it', async t => {
  if (process.platform !== 'linux') {
    t.pass('no /proc here')
    return
  }
  const text = execFileSync(process.execPath, ['-e', 'const fs = require("fs"); const list = fs.readdirSync("/proc/self/fd"); const gone = list.filter(fd => { try { fs.fstatSync(Number(fd)); return false } catch { return true } }); process.stdout.write(String(gone.length))'], { encoding: 'utf8', env: {} })
  t.equal(text, '1')
})
