// Programs that have done their part when they end: what is left is on its way to its end, or is nobody's.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { Report } from '../../lib/model/report.ts'
import { ways } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-at-the-end-')))
t.teardown(() => rmSync(base, { recursive: true }))

const ended = 'It was ended, and waits for the other side to end it too.'

interface Case {
  readonly title: string
  readonly peer?: 'obliging' | 'stubborn' | 'parting' | 'asked' | 'endless' | 'http2' | 'secure'
  /** CommonJS; `port` is the peer's. */
  readonly program: string
  readonly leaks?: readonly string[]
  readonly pending?: readonly string[]
  readonly types?: string
}

const goneBefore = 'TCPWRAP The other side has ended it, and the process ended before it read that.'

const connect = "const socket = require('net').connect(port, '127.0.0.1')\n"

const wait = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30);'

/** Both sides of TLS in one process, once they know of each other. */
const overTls = (then: string) => `import(${JSON.stringify(pathToFileURL(fixture('types', 'support.mjs')).href)}).then(({ tlsPair }) => {
  const tls = require('tls'), server = tls.createServer(tlsPair, accepted => { accepted.on('error', () => {}); client.once('session', () => setTimeout(() => { ${then}; server.close(); process.exit() }, 20)) })
  let client
  server.listen(0, '127.0.0.1', () => { client = tls.connect({ port: server.address().port, host: '127.0.0.1', rejectUnauthorized: false }).on('error', () => {}) })
})`

const openHandle = "require('fs/promises').open('/dev/null', 'w+').then(handle => { "

const cases: readonly Case[] = [
  {
    title: 'a socket that was ended and waits for the other side',
    peer: 'obliging', program: `${connect}socket.once('connect', () => socket.end('text', () => process.exit()))`, pending: [`TCPWRAP ${ended}`],
  },
  {
    title: 'a socket that was ended a while ago, and the other side does not end it',
    peer: 'stubborn', program: `${connect}socket.once('connect', () => socket.end(() => setTimeout(() => process.exit(), 50)))`, pending: [`TCPWRAP ${ended}`],
  },
  {
    title: 'a socket whose write is through, which ends it',
    peer: 'obliging',
    program: `${connect}socket.once('connect', () => { socket.write('text', () => socket.end()); process.exit() })`,
    pending: ['TCPWRAP It has written, and its writer is about to be told.'],
  },
  {
    title: 'a socket that is connecting',
    peer: 'obliging', program: `${connect}process.nextTick(() => process.exit())`,
    pending: ['TCPCONNECTWRAP The operation has not completed.', 'TCPWRAP It is connecting.'],
  },
  { title: 'a socket that has written and was not ended is a leak', peer: 'obliging', program: `${connect}socket.write('text', () => setImmediate(() => process.exit()))`, leaks: ['TCPWRAP Nobody called destroy().'] },
  {
    title: 'the connection that fetch makes after one was given up',
    peer: 'endless',
    program: `const gone = new AbortController(), given = { signal: gone.signal }
      fetch('http://127.0.0.1:' + port, given).then(() => { gone.abort(); setTimeout(() => process.exit(), 1) })`,
  },
  {
    title: 'a session of HTTP/2 that was closed',
    peer: 'http2',
    program: `const session = require('http2').connect('http://127.0.0.1:' + port), stream = session.request({ ':path': '/' }).resume()
      stream.once('close', () => { session.close(); process.exit() })`,
    types: 'net,http', pending: [`HTTP2SESSION ${ended}`, `TCPWRAP ${ended}`],
  },
  {
    title: 'a session of HTTP/2 that was destroyed',
    peer: 'http2',
    program: `const session = require('http2').connect('http://127.0.0.1:' + port), stream = session.request({ ':path': '/' }).resume()
      stream.once('close', () => { session.destroy(); process.exit() })`,
    types: 'net,http',
  },
  {
    title: 'a session of HTTP/2 that was not closed is a leak',
    peer: 'http2',
    program: `const session = require('http2').connect('http://127.0.0.1:' + port), stream = session.request({ ':path': '/' }).resume()
      stream.once('close', () => process.exit())`,
    types: 'net', leaks: ['TCPWRAP Nobody called destroy().'],
  },
  {
    title: 'a socket whose end the other side has sent, as the program was told goodbye',
    peer: 'parting', program: `${connect}socket.once('data', () => { ${wait} process.exit() })`,
    pending: ['TCPWRAP The other side has ended it, and the process ended before it read that.'],
  },
  {
    title: 'one that nobody reads is a leak',
    peer: 'parting', program: `${connect}socket.once('connect', () => { ${wait} process.exit() })`, leaks: ['TCPWRAP Nobody called destroy().'],
  },
  {
    title: 'one that stays half open is a leak',
    peer: 'parting', program: `const socket = require('net').connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      socket.once('data', () => { ${wait} process.exit() })`, leaks: ['TCPWRAP Nobody called destroy().'],
  },
  {
    title: 'those that a listener of exit has the other side end are leaks',
    peer: 'asked', program: `${connect}const other = require('net').connect(port, '127.0.0.1')
      process.once('exit', () => { other.write('text'); ${wait} })
      socket.resume().once('connect', () => setTimeout(() => process.exit(), 50))`,
    leaks: ['TCPWRAP Nobody called destroy().', 'TCPWRAP Nobody called destroy().'],
  },
  { title: 'a file stream that was ended and has written all', program: "const stream = require('fs').createWriteStream('/dev/null'); stream.write('text', () => { stream.end(); process.exit() })" },
  ...(['stream.end("text", () => process.exit())', 'stream.write("text", () => { stream.end(); process.exit() })', 'stream.destroy(); process.exit()'] as const).map(way => ({
    title: `a stream of a FileHandle that comes to its end by ${way}`,
    program: `${openHandle}const stream = handle.createWriteStream(); ${way} })`,
  })),
  { title: 'a stream of a FileHandle that was read to its end', program: `${openHandle}handle.createReadStream().on('end', () => process.exit()).resume() })` },
  { title: 'one that was not ended is a leak', program: `${openHandle}handle.createWriteStream().write('text', () => process.exit()) })`, leaks: ['FILEHANDLE Nobody called close().'] },
  {
    title: 'one that is to leave the FileHandle open is a leak',
    program: `${openHandle}handle.createWriteStream({ autoClose: false }).end('text', () => process.exit()) })`, leaks: ['FILEHANDLE Nobody called close().'],
  },
  {
    title: 'a file stream that was ended, and has yet to write',
    program: "const stream = require('fs').createWriteStream('/dev/null'); stream.once('open', () => { stream.end('text'); process.exit() })",
    pending: ['fd It was ended, and has yet to write.'],
  },
  {
    title: 'one that was ended, and does not close its file, is a leak',
    program: "const stream = require('fs').createWriteStream('/dev/null', { autoClose: false }); stream.once('open', () => { stream.end('text'); process.exit() })",
    leaks: ['fd Nobody called close().'],
  },
  {
    title: 'one over a FileHandle that was ended, and has yet to write',
    program: `${openHandle}handle.createWriteStream().end('text'); process.nextTick(() => process.exit()) })`,
    pending: ['FILEHANDLE It was ended, and has yet to write.'],
  },
  ...(['createReadStream(null, { fd }).on("end", () => process.exit()).resume()', 'createReadStream(null, { fd }).destroy(); process.exit()', 'createWriteStream(null, { fd }).end("x", () => process.exit())'] as const).map(way => ({
    title: `a descriptor that was given to ${way}`,
    program: `const fs = require('fs'), fd = fs.openSync('/dev/null', 'w+'); fs.${way}`,
  })),
  {
    title: 'a descriptor that was given to a stream which was ended, and has yet to write',
    program: "const fs = require('fs'), fd = fs.openSync('/dev/null', 'w'); fs.createWriteStream(null, { fd }).end('text'); process.exit()",
    pending: ['fd It was ended, and has yet to write.'],
  },
  {
    title: 'one that the stream is to leave open is a leak',
    program: "const fs = require('fs'), fd = fs.openSync('/dev/null'); fs.createReadStream(null, { fd, autoClose: false }).on('end', () => process.exit()).resume()",
    leaks: ['fd Nobody called close().'],
  },
  {
    title: 'one whose stream goes on is a leak',
    program: "const fs = require('fs'), fd = fs.openSync('/dev/zero'); fs.createReadStream(null, { fd }).once('data', () => process.exit())",
    leaks: ['fd Nobody called close().'],
  },
  { title: 'a file stream that was not ended is a leak', program: "const stream = require('fs').createWriteStream('/dev/null'); stream.write('text', () => process.exit())", leaks: ['fd Nobody called close().'] },
  {
    title: 'a socket whose other side, in this process too, was ended in the last turn',
    program: `const net = require('net'), server = net.createServer(socket => socket.resume()).listen(0, '127.0.0.1', () => {
      const socket = net.connect(server.address().port, '127.0.0.1', () => setTimeout(() => { socket.end(); server.close(); process.exit() }, 20)) })`,
    pending: ['SHUTDOWNWRAP The operation has not completed.', 'TCPWRAP The other side has ended it, and the process ended before it read that.'],
  },
  {
    title: 'one that nobody reads there is a leak',
    program: `const net = require('net'), server = net.createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1', () => {
      const socket = net.connect(server.address().port, '127.0.0.1', () => setTimeout(() => { socket.end(); server.close(); process.exit() }, 20)) })`,
    leaks: ['TCPWRAP Nobody called destroy().'],
  },
  {
    title: 'one whose other side was not ended is a leak, as is that',
    program: `const net = require('net'), server = net.createServer(socket => socket.resume()).listen(0, '127.0.0.1', () => {
      net.connect(server.address().port, '127.0.0.1', () => setTimeout(() => { server.close(); process.exit() }, 20)) })`,
    leaks: ['TCPWRAP Nobody called destroy().', 'TCPWRAP Nobody called destroy().'],
  },
  ...(['destroy', 'resetAndDestroy'] as const).map(way => ({
    title: `one that nobody listens to, whose other side was ended by ${way}()`,
    program: `const net = require('net'), server = net.createServer().listen(0, '127.0.0.1', () => {
      const socket = net.connect(server.address().port, '127.0.0.1', () => setTimeout(() => { socket.${way}(); server.close(); process.exit() }, 20)) })`,
    pending: [goneBefore],
  })),
  {
    title: 'one that holds what nobody has read is a leak',
    program: `const net = require('net'), server = net.createServer(socket => { socket.write('text'); setTimeout(() => { socket.destroy(); server.close(); process.exit() }, 20) })
      server.listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1'))`,
    leaks: ['TCPWRAP Nobody called destroy().'],
  },
  { title: 'a TLS socket that nobody listens to, whose other side was ended', program: overTls('client.end()') },
  { title: 'a TLS socket whose server destroyed its side', program: overTls('accepted.destroy()'), pending: [goneBefore.replace('TCPWRAP', 'TLSWRAP')] },
  { title: 'a TLS socket whose other side was not ended is a leak, as is that', program: overTls(''), leaks: ['TLSWRAP Nobody called destroy().', 'TLSWRAP Nobody called destroy().'] },
  {
    title: 'the side of a server of HTTP whose client gave a request up',
    program: `const http = require('http'), server = http.createServer(() => { request.destroy(); server.close(); process.exit() })
      let request
      server.listen(0, '127.0.0.1', () => { request = http.get({ host: '127.0.0.1', port: server.address().port }).on('error', () => {}) })`,
    pending: [goneBefore],
  },
  {
    title: 'both sides of a session of HTTP/2 that was destroyed on one of them, with a stream open',
    program: `const http2 = require('http2'), server = http2.createServer(() => setTimeout(() => { session.destroy(); server.close(); process.exit() }, 20))
      let session
      server.listen(0, () => { session = http2.connect('http://localhost:' + server.address().port); session.request({ ':path': '/' }).on('error', () => {}) })`,
  },
  {
    title: 'both sides of a session of HTTP/2 that was closed on one of them',
    program: `const http2 = require('http2'), server = http2.createServer((request, response) => response.end()).listen(0, () => {
      const session = http2.connect('http://localhost:' + server.address().port)
      session.request({ ':path': '/' }).resume().once('close', () => setTimeout(() => { session.close(); server.close(); process.exit() }, 20)) })`,
  },
  {
    title: 'a session of HTTP/2 that was closed on one side, and answers nothing on the other, is a leak there',
    program: `const http2 = require('http2'), server = http2.createServer(() => setTimeout(() => { session.close(); process.exit() }, 20))
      let session
      server.listen(0, () => { session = http2.connect('http://localhost:' + server.address().port); session.request({ ':path': '/' }) })`,
    leaks: ['TCPSERVERWRAP Nobody called close().', 'TCPWRAP Nobody called destroy().'], pending: [`TCPWRAP ${ended}`],
  },
  {
    title: 'a session of HTTP/2 that was closed on both sides, and answers nothing on one, is a leak there',
    program: `const http2 = require('http2'), server = http2.createServer(() => setTimeout(() => { session.close(); answering.close(); server.close(); process.exit() }, 20))
      let session, answering
      server.on('session', accepted => { answering = accepted })
      server.listen(0, () => { session = http2.connect('http://localhost:' + server.address().port); session.request({ ':path': '/' }) })`,
    leaks: ['TCPWRAP Nobody called destroy().'], pending: [`TCPWRAP ${ended}`],
  },
  {
    title: 'a child that was disconnected',
    program: `const child = require('child_process').fork(process.execPath, { execPath: process.execPath, execArgv: ['-e', 'process.on("message", () => {})', '--'], silent: true })
      child.once('spawn', () => setTimeout(() => { child.disconnect(); process.exit() }, 50))`,
  },
  {
    title: 'a child that was disconnected a while ago',
    program: `const child = require('child_process').fork(process.execPath, { execPath: process.execPath, execArgv: ['-e', 'setTimeout(() => {}, 500)', '--'], silent: true })
      child.once('spawn', () => { child.disconnect(); setTimeout(() => process.exit(), 50) })`,
    pending: ['PROCESSWRAP Its channel was disconnected, which asks it to end.'],
  },
  {
    title: 'a child that has ended, which Node has not learned',
    program: `const child = require('child_process').spawn('sleep', ['5'])
      child.once('spawn', () => { process.kill(child.pid, 'SIGKILL'); ${wait} process.exit() })`,
  },
  {
    title: 'a child whose channel is not disconnected is a leak',
    program: `const child = require('child_process').fork(process.execPath, { execPath: process.execPath, execArgv: ['-e', 'process.on("message", () => {})', '--'] })
      child.once('spawn', () => setTimeout(() => process.exit(), 50))`,
    leaks: ['PIPEWRAP Nobody called destroy().', 'PROCESSWRAP The child has not ended.'],
  },
  { title: 'a child that could not be started', program: "require('child_process').spawn('/is/not/there').on('error', () => {}); process.exit()" },
  { title: 'a port that was closed', program: "const { port1 } = new (require('worker_threads').MessageChannel)(); port1.on('message', () => {}).close(); setImmediate(() => process.exit())" },
  {
    title: 'a port that was not is a leak',
    program: "const { port1 } = new (require('worker_threads').MessageChannel)(); port1.on('message', () => {}); setImmediate(() => process.exit())",
    leaks: ['MESSAGEPORT Nobody called close().'],
  },
  {
    title: 'a channel of which one port was closed at the last moment, and another one',
    program: `const { BroadcastChannel, MessageChannel } = require('worker_threads')
      const listened = ({ port1, port2 }) => port2.on('message', () => {}) && port1.on('message', () => {})
      const closed = listened(new MessageChannel()), open = listened(new MessageChannel()), broadcast = new BroadcastChannel('name')
      setTimeout(() => { process.on('exit', () => { closed.close(); broadcast.close() }).exit() }, 20)`,
    leaks: ['MESSAGEPORT Nobody called close().'],
  },
  {
    title: 'a channel of which one port was closed at the last moment, in a process that has other handles',
    program: `const { MessageChannel, Worker } = require('worker_threads')
      require('net').createServer().listen(0).close()
      const worker = new Worker('', { eval: true })
      const { port1, port2 } = new MessageChannel()
      for (const port of [port1, port2]) port.on('message', () => {})
      worker.on('exit', () => { port1.close(); process.exit() })`,
  },
  {
    title: 'two broadcast channels of which one was closed at the last moment',
    program: `const { BroadcastChannel } = require('worker_threads')
      const [one, other] = ['one', 'other'].map(name => Object.assign(new BroadcastChannel(name), { onmessage() {} }))
      setTimeout(() => { one.close(); process.exit() }, 20)`,
    leaks: ['MESSAGEPORT Nobody called close().'],
  },
  {
    title: 'a channel made right after a broadcast channel, of which one port was closed at the last moment',
    program: `const { BroadcastChannel, MessageChannel } = require('worker_threads')
      const broadcast = new BroadcastChannel('name'), { port1, port2 } = new MessageChannel()
      for (const port of [port1, port2]) port.on('message', () => {})
      broadcast.onmessage = () => {}
      setTimeout(() => { port2.close(); process.exit() }, 20)`,
    leaks: ['MESSAGEPORT Nobody called close().'],
  },
  { title: 'standard output that was led elsewhere', program: "const fs = require('fs'); fs.closeSync(1); fs.openSync('/dev/null', 'w')" },
  {
    title: 'a descriptor that a Worker opened and another thread closed',
    program: `const { Worker } = require('worker_threads')
      const worker = new Worker("const { parentPort } = require('worker_threads'); parentPort.postMessage(require('fs').openSync(process.execPath)); parentPort.once('message', () => {})", { eval: true, trackUnmanagedFds: false })
      worker.once('message', fd => { require('fs').closeSync(fd); worker.postMessage('done') })`,
  },
  { title: 'a descriptor whose close was refused is closed by nobody', program: "try { require('fs').close(77, 'no callback') } catch {}" },
]

for (const { title, peer, program, leaks = [], pending, types } of cases) {
  for (const { name, before } of ways) {
    t.test(`${title}, ${name}`, async t => {
      const run = async (port: string) => await runNode({ eval: `const port = ${port}\n${program}`, before, ...types === undefined ? {} : { types } })
      const { code, stderr, reports } = peer === undefined ? await run('null') : await withPeer(peer, run)
      t.match({ code, stderr }, { code: 0, stderr: '' })
      t.ok(reports.size > 0)
      for (const report of reports.values()) {
        t.strictSame(told(report.leaks), leaks)
        if (pending !== undefined) t.strictSame(told(report.pending), pending)
        matches(t, report, { complete: true, misuses: [] })
        if (report.kernel !== null) t.strictSame(report.kernel.unexplained, [])
      }
    })
  }
}

t.test('what a package opened by itself and let go of with unref() is listed apart; on behalf of the application it is a leak', async t => {
  write('node_modules/linked/package.json', '{ "name": "linked", "version": "1.0.0", "type": "module", "exports": "./index.js" }')
  write('node_modules/linked/index.js', "import net from 'node:net'\nexport const open = port => new Promise(resolve => {\n  const socket = net.connect(port, '127.0.0.1', resolve).unref()\n  setTimeout(resolve, 1_000)\n})\nopen.later = port => new Promise(resolve => setImmediate(() => open(port).then(resolve)))\n")
  const preload = write('node_modules/linked/preload.js', "import { open } from 'linked'\nawait open(process.env.PORT)\n")
  const script = write('app.mjs', "import { open } from 'linked'\nawait open(process.env.PORT)\n")
  const growth = write('growth.mjs', `import { open } from 'linked'
    import { assertNoGrowth } from ${JSON.stringify(new URL('../../lib/main.js', import.meta.url).href)}
    await assertNoGrowth(() => open.later(process.env.PORT), { rounds: 3, settleMs: 20 })
      .then(() => console.log('none'), ({ code, message }) => console.log(code + ': ' + message.split(' (')[0]))`)
  await withPeer('obliging', async port => {
    const env = { PORT: port }
    const byItself = await runNode({ eval: '1', flags: ['--import', preload], cwd: base, env })
    t.strictSame(told(byItself.report.leaks), [])
    t.strictSame(told(byItself.report.pending), ['TCPWRAP It was let go of with unref(), and no line of yours is known to have opened it: it ends with the process at the latest.'])
    const growing = await runNode({ script: growth, cwd: base, env })
    t.equal(growing.stdout, 'ERR_LEAKWATCH_LEAK: leakwatch: 4 leaks from 1 line\n', growing.stderr)
    const asked = await runNode({ script, cwd: base, env })
    t.strictSame(told(asked.report.leaks), ['TCPWRAP Nobody called destroy(). It does not keep the event loop alive, but holds its descriptor.'])
  })
})

t.test('a TLS socket or HTTP/2 session that a package let go of is judged as the socket beneath it', async t => {
  write('node_modules/secured/package.json', '{ "name": "secured", "version": "1.0.0" }')
  write('node_modules/secured/index.js', `const given = { host: '127.0.0.1', rejectUnauthorized: false }
exports.tls = port => new Promise(resolve => setTimeout(() => { const socket = require('tls').connect({ port, ...given }, () => resolve(socket.unref())) }, 1))
exports.http2 = port => new Promise(resolve => setTimeout(() => { const session = require('http2').connect('https://127.0.0.1:' + port, given, () => resolve(session.unref())) }, 1))
`)
  const script = write('secured.cjs', "require('secured')[process.env.KIND](process.env.PORT).then(() => process.exit())\n")
  const held = write('secures.cjs', "const socket = require('tls').connect({ port: process.env.PORT, host: '127.0.0.1', rejectUnauthorized: false }, () => { socket.unref(); process.exit() })\n")
  await withPeer('secure', async port => {
    for (const KIND of ['tls', 'http2']) {
      const { report } = await runNode({ script, cwd: base, env: { KIND, PORT: port } })
      t.strictSame(told(report.leaks), [], KIND)
      matches(t, told(report.pending), ['TLSWRAP It was let go of with unref(), and no line of yours is known to have opened it: it ends with the process at the latest.'], KIND)
      t.equal(report.pending[0].resources[0].ref, false, KIND)
    }
    const { report } = await runNode({ script: held, env: { PORT: port } })
    t.strictSame(told(report.leaks), ['TLSWRAP Nobody called destroy(). It does not keep the event loop alive, but holds its descriptor.'])
  })
})

t.test('a process ends as it would while its threads are starting, which are pending', async t => {
  const script = write('threads.cjs', `const { Worker } = require('worker_threads')
for (let count = 0; count < 10; count++) new Worker("require('http2')", { eval: true })
const startedAt = Date.now()
while (Date.now() - startedAt < Number(process.argv[2]));
process.exit(3)
`)
  for (const ms of ['10', '20', '30', '35', '40', '50', '60', '70', '80']) {
    const { code, report, signal, stderr } = await runNode({ script, args: [ms], types: 'WORKER' })
    t.match({ code, signal }, { code: 3, signal: null }, stderr)
    t.strictSame(report.leaks, [])
  }
})

t.test('a connection that came to a process of a cluster is named by the line that listens there', async t => {
  const cluster = `const cluster = require('cluster'), net = require('net')
if (process.env.NONE) cluster.schedulingPolicy = cluster.SCHED_NONE
if (cluster.isPrimary) {
  cluster.fork().once('message', port => net.connect(port, '127.0.0.1').on('error', () => {}))
} else {
  net.createServer(() => setTimeout(() => process.exit(), 20))
    .listen(0, '127.0.0.1', function () { process.send(this.address().port) })
}
`
  const script = write('cluster.cjs', cluster)
  for (const env of [{}, { NONE: '1' }]) {
    const { pid, reports } = await runNode({ script, env })
    const [worker] = [...reports].filter(([name]) => !name.startsWith(`${pid}-`)).map(([, report]) => report as Report)
    const lines = worker!.leaks.map(({ type, site }) => `${type} ${site.frames[site.user]?.line}`).toSorted()
    // Where the primary listens for all, the server of a worker holds nothing.
    t.strictSame(lines, 'NONE' in env ? ['TCPSERVERWRAP 7', 'TCPWRAP 7'] : ['TCPWRAP 7'])
  }
})

const hasWebSocket = typeof (globalThis as { WebSocket?: unknown }).WebSocket === 'function'

t.test('a WebSocket is named by its line, below all frames of its client', { skip: hasWebSocket ? false : 'this Node has none' }, async t => {
  await withPeer('obliging', async port => {
    const { report } = await runNode({ eval: `const socket = new WebSocket('ws://127.0.0.1:${port}')\nsetTimeout(() => process.exit(), 100)` })
    matches(t, report.leaks, [{ type: 'TCPWRAP', site: { frames: { [report.leaks[0]?.site.user]: { file: '[eval]', line: 1 } } } }])
  })
})

function told(groups: Report['leaks']): readonly string[] {
  return groups.map(({ type, reason }) => `${type} ${reason}`).toSorted()
}

function write(name: string, text: string): string {
  const path = join(base, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

async function withPeer<T>(kind: NonNullable<Case['peer']>, use: (port: string) => Promise<T>): Promise<T> {
  const peer = spawn(process.execPath, [fixture('scenarios', 'peer.mjs'), kind], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const [port] = await once(peer.stdout, 'data') as [Buffer]
    return await use(port.toString().trim())
  } finally {
    peer.stdin.end()
    await once(peer, 'exit')
  }
}
