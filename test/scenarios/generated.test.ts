// Programs that open, close and leak in ways that are drawn at random, of which it is known by their making what they leave.
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { detects } from '../support/detection.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-generated-')))
t.teardown(() => rmSync(base, { recursive: true }))

// Always the same programs. Others: SEED=7 npm test
const seed = Number(process.env.SEED ?? 1)
const programs = 12

interface Kind {
  /** What is open of it. */
  readonly types: readonly string[]
  /** An expression; what comes of it is `opened`. */
  readonly open: string
  /** Statements that end it, each by itself. */
  readonly closes: readonly string[]
}

const kinds: readonly Kind[] = [
  {
    types: ['fd'], open: "fs.openSync('/dev/null')",
    closes: ['fs.closeSync(opened)', 'fs.close(opened, () => {})', 'fs.createReadStream(null, { fd: opened }).resume()', 'fs.createReadStream(null, { fd: opened }).destroy()'],
  },
  { types: ['fd'], open: "await promisify(fs.open)('/dev/null', 'w')", closes: ['fs.closeSync(opened)', "fs.createWriteStream(null, { fd: opened }).end('text')"] },
  { types: ['fd'], open: "fs.createReadStream('/dev/zero').on('data', function () { this.pause() })", closes: ['opened.destroy()', 'opened.close()', "when(opened, 'open', opened.fd !== null, () => opened.destroy())"] },
  { types: ['fd'], open: "fs.createWriteStream('/dev/null')", closes: ['opened.end()', "opened.end('text')", 'opened.destroy()', 'finished(opened, () => {}); opened.end()'] },
  {
    types: ['FILEHANDLE'], open: "held(await fsp.open('/dev/null'))",
    closes: ['await opened.close()', 'void opened.close()', 'opened.createReadStream().resume()', 'await pipeline(opened.createReadStream(), new PassThrough().resume())', 'for await (const _ of opened.readLines());'],
  },
  { types: ['DIRHANDLE'], open: "held(fs.opendirSync('.'))", closes: ['opened.closeSync()', 'await opened.close()', 'opened.close(() => {})', 'for await (const _ of opened);'] },
  { types: ['DIRHANDLE'], open: "held(await fsp.opendir('.'))", closes: ['await opened.close()', 'for await (const _ of opened) break'] },
  { types: ['TCPSERVERWRAP'], open: "net.createServer().listen(0, '127.0.0.1')", closes: ['opened.close()', "when(opened, 'listening', opened.listening, () => opened.close())"] },
  { types: ['TCPSERVERWRAP'], open: "http.createServer().listen(0, '127.0.0.1')", closes: ['opened.close()', 'opened.closeAllConnections(); opened.close()'] },
  { types: ['TCPWRAP'], open: "net.connect(port, '127.0.0.1').on('error', () => {})", closes: ['opened.destroy()', "when(opened, 'connect', !opened.connecting, () => opened.resetAndDestroy())"] },
  { types: ['UDPWRAP'], open: "dgram.createSocket('udp4').bind(0, '127.0.0.1')", closes: ['opened.close()', 'opened.close(() => {})'] },
  { types: ['PROCESSWRAP', 'PIPEWRAP'], open: "spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] })", closes: ['opened.kill()', "waits.push(once(opened, 'close')); opened.stdin.end()", "waits.push(once(opened, 'close')); opened.stdin.destroy()"] },
  { types: ['FSEVENTWRAP'], open: "fs.watch('.')", closes: ['opened.close()', "opened.once('close', () => {}); opened.close()"] },
  { types: ['MESSAGEPORT'], open: "new MessageChannel().port1.on('message', () => {})", closes: ['opened.close()', "once(opened, 'close').then(() => {}); opened.close()"] },
]

/** Where a unit stands; `%` is its lines. */
const places: readonly string[] = [
  '%',
  '{\n%\n}',
  'await null\n%',
  'await (async () => {\n%\n})()',
  'await (async function named() {\nawait turn()\n%\n})()',
  'await new Promise(done => setImmediate(async () => {\n%\ndone()\n}))',
  'await new Promise(done => process.nextTick(async () => {\n%\ndone()\n}))',
  'await Promise.resolve().then(async () => {\n%\n})',
  'await new AsyncLocalStorage().run({}, async () => {\n%\n})',
  'await new (class { async method() {\n%\n} })().method()',
  'for await (const _ of (async function* () { yield 1 })()) {\n%\n}',
  'try {\n%\nthrow new Error()\n} catch {}',
  "await new Promise(done => { const emitter = new EventEmitter().once('event', async () => {\n%\ndone()\n}); emitter.emit('event') })",
  'await Promise.all([1, 2].map(async () => {\n%\n}))',
]

const times = (place: string) => place.includes('[1, 2].map') ? 2 : 1

const ends = ['now', 'later', 'after a turn', 'never'] as const

interface Unit {
  readonly kind: Kind
  readonly place: string
  readonly end: (typeof ends)[number]
  readonly way: number
}

function linesOf({ kind: { types, open, closes }, place, end, way }: Unit): string {
  const close = closes[way % closes.length]!
  const leak = end === 'never' ? ` // LEAK ${types.map(type => `${type} x${times(place)}`).join(', ')}` : ''
  const closing = {
    'now': close,
    'after a turn': `await turn()\n${close}`,
    'later': `later.push(async () => { ${close} })`,
    'never': 'kept.push(opened)',
  }[end]
  return place.replace('%', () => `const opened = ${open}${leak}\n${closing}`)
}

const head = `import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import dgram from 'node:dgram'
import { EventEmitter, once } from 'node:events'
import fs from 'node:fs'
import fsp from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import { finished, PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { MessageChannel } from 'node:worker_threads'
const kept = [], later = [], waits = []
const port = Number(process.env.PORT)
const held = opened => { kept.push(opened); return opened }
const when = (opened, event, isOver, run) => { isOver ? run() : opened.once(event, run) }
`

const tail = `
for (const close of later) await close()
await Promise.all(waits)
// Until all that was ended is closed, and all that was opened is open.
await sleep(250)
process.exit()
`

const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
t.teardown(() => server.close())
await once(server, 'listening')
const { port } = server.address() as AddressInfo

const unit: fc.Arbitrary<Unit> = fc.record({ kind: fc.constantFrom(...kinds), place: fc.constantFrom(...places), end: fc.constantFrom(...ends), way: fc.nat(10) })

fc.sample(fc.array(unit, { minLength: 25, maxLength: 25 }), { seed, numRuns: programs }).forEach((units, index) => {
  t.test(`program ${index} of seed ${seed}`, async t => {
    const script = join(base, `generated-${index}.mjs`)
    writeFileSync(script, `${head}${units.map(one => `;{\n${linesOf(one)}\n}`).join('\n')}${tail}`)
    await detects(t, { script, cwd: base, env: { PORT: String(port) } })
  })
})
