import t from 'tap'
import { matches } from '../../support/matches.ts'
import { registerUrl } from '../../support/paths.ts'
import { type Ended, runCommand, runNode } from '../../support/run.ts'

interface First {
  readonly title: string
  /** A program of CommonJS that opens nothing before its first line, and says `leak()` around what it leaves open. */
  readonly program: string
  /** The type that is left open at line 2, and the verdict. */
  readonly leak: string
}

// What a program does first, with nothing before it that a recorder would have been made for.
const firsts: readonly First[] = [
  { title: 'openSync', leak: 'fd active', program: "\nrequire('fs').openSync(process.execPath)" },
  { title: 'openSync that was called by code of eval', leak: 'fd active', program: "\neval('require(`fs`).openSync(process.execPath)')" },
  { title: 'openSync that was taken before', leak: 'fd active', program: "const { openSync } = require('fs'), path = process.execPath\nopenSync(path)" },
  { title: 'openSync in a timer', leak: 'fd active', program: "setTimeout(() => {\nrequire('fs').openSync(process.execPath) }, 1)" },
  { title: 'openSync after a promise', leak: 'fd active', program: "Promise.resolve().then(() => {\nrequire('fs').openSync(process.execPath) })" },
  { title: 'open by way of promisify', leak: 'fd active', program: "const open = require('util').promisify(require('fs').open)\nopen(process.execPath, 'r')" },
  { title: 'a stream', leak: 'fd active', program: "process.once('beforeExit', () => process.exit())\nrequire('fs').createReadStream(process.execPath)" },
  { title: 'a FileHandle', leak: 'FILEHANDLE active', program: "const { open } = require('fs').promises\nopen(process.execPath).then(handle => { globalThis.handle = handle })" },
  { title: 'a Dir', leak: 'DIRHANDLE active', program: "const { opendirSync } = require('fs')\nglobalThis.dir = opendirSync('.')" },
  { title: 'a server', leak: 'TCPSERVERWRAP active', program: "const server = require('net').createServer()\nserver.listen(0, () => process.exit())" },
  { title: 'a server that listens on a host', leak: 'TCPSERVERWRAP active', program: "const server = require('net').createServer()\nserver.listen(0, '127.0.0.1', () => process.exit())" },
  { title: 'a UDP socket', leak: 'UDPWRAP active', program: "const { createSocket } = require('dgram')\ncreateSocket('udp4').bind(0, '127.0.0.1', () => process.exit())" },
  { title: 'a child', leak: 'PROCESSWRAP active', program: "const { spawn } = require('child_process')\nspawn('sleep', ['1'], { stdio: 'ignore' }).once('spawn', () => process.exit())" },
  { title: 'a request in flight', leak: 'GETADDRINFOREQWRAP pending', program: "process.nextTick(() => process.exit())\nrequire('dns').lookup('localhost', () => {})" },
  { title: 'a watcher', leak: 'FSEVENTWRAP active', program: "setImmediate(() => process.exit())\nrequire('fs').watch('.')" },
]

for (const { title, leak, program } of firsts) {
  t.test(`what a program opens first is named by its line: ${title}`, async t => {
    const { report, stderr } = await runNode({ eval: program, types: 'fs,net,process,watch,requests' })
    t.equal(stderr, '')
    const found = [...report.leaks, ...report.pending].map(({ type, verdict, site }) => `${type} ${verdict} line ${site.frames[site.user]?.line}`)
    t.ok(found.includes(`${leak} line 2`), found.join(', '))
    matches(t, report, { complete: true, dropped: 0, kernel: { unexplained: [] } })
  })
}

for (const { title, program, leak } of firsts) {
  t.test(`so it is counted where no stacks are kept: ${title}`, async t => {
    const { report } = await runNode({ eval: program, types: 'fs,net,process,watch,requests', env: { LEAKWATCH: 'count' } })
    const found = [...report.leaks, ...report.pending].map(({ type, verdict }) => `${type} ${verdict}`)
    t.ok(found.includes(leak), found.join(', '))
  })
}

// Without a variable of ours in the environment, which alone would have the types read at the start.
const runUnasked = (program: string): Promise<Ended> => runCommand([process.execPath, '--import', registerUrl, '-e', program])

for (const { title, program } of firsts.filter(({ leak }) => leak.endsWith(' active'))) {
  t.test(`so it is where nobody asked for anything: ${title}`, async t => {
    const { stderr } = await runUnasked(program)
    t.match(stderr, /^leakwatch: \d leak/)
    t.match(stderr, /at \[eval\]:2:\d+\n/)
  })
}

t.test('where nobody asked for anything, what is not recorded by default is not', async t => {
  const { code, stderr } = await runUnasked("setInterval(() => {}, 1); process.on('SIGUSR2', () => {}); require('zlib').createGzip().write('held'); setTimeout(() => process.exit(), 20)")
  t.match({ code, stderr }, { code: 0, stderr: '' })
})

// Standard streams that are pipes: who makes them is looked for, and no recorder is made.
t.test("the program's Error is as it was, and what it put there is not called", async t => {
  const program = `
    const { writeSync } = require('fs')
    const descriptors = () => JSON.stringify(Object.getOwnPropertyDescriptors(Error))
    const { prepareStackTrace } = Error
    const before = descriptors()
    process.stdout
    writeSync(1, String(descriptors() === before && Error.prepareStackTrace === prepareStackTrace))
    for (const key of ['stackTraceLimit', 'prepareStackTrace']) {
      Object.defineProperty(Error, key, { get: () => writeSync(1, ' get ' + key), set: () => writeSync(1, ' set ' + key) })
    }
    process.stderr`
  const { stdout, stderr } = await runUnasked(program)
  t.match({ stdout, stderr }, { stdout: 'true', stderr: '' })
})

t.test('what is closed by a function that was taken before anything was opened is closed', async t => {
  const { report } = await runNode({ eval: "const { openSync, closeSync, close } = require('fs'); closeSync(openSync(process.execPath)); close(openSync(process.execPath), () => {})" })
  matches(t, report, { leaks: [], misuses: [], kernel: { unexplained: [] } })
})

t.test('what Node opens first for itself, and what it closes in one call, is not in the report', async t => {
  const { report } = await runNode({ eval: "require('fs').readFileSync(process.execPath); console.log(process.stdin.fd); import('node:os')" })
  matches(t, report, { leaks: [], pending: [], pooled: [], complete: true, kernel: { unexplained: [] } })
})

t.test('a first opening in a hook of the program is recorded', async t => {
  const program = `
    const hook = require('async_hooks').createHook({ init(id, type) { if (type === 'Immediate') { hook.disable(); require('fs').openSync(process.execPath) } } }).enable()
    setImmediate(() => {})`
  const { report } = await runNode({ eval: program })
  matches(t, report.leaks, [{ type: 'fd', count: 1 }])
  t.equal(report.complete, true)
})

t.test('an opening that the program has no stack left for is dropped, and the next one is recorded', async t => {
  const program = `
    const { openSync } = require('fs')
    const deep = () => { try { deep() } catch { try { openSync(process.execPath) } catch {} } }
    deep()
    openSync(process.execPath)`
  const { code, report } = await runNode({ eval: program, ulimit: 1024 })
  t.equal(code, 0)
  t.equal(report.complete, true)
  t.ok(report.leaks.some(({ site }: { readonly site: { readonly user: number, readonly frames: readonly { readonly line: number }[] } }) => site.frames[site.user]?.line === 5))
})

t.test('the collector ends the process for a FileHandle that was opened first, and it is told', { skip: Number(process.versions.node.split('.')[0]) < 25 && 'Node ends no process for it' }, async t => {
  const program = "const { open } = require('fs').promises\nopen(process.execPath).then(() => setImmediate(() => { gc(); setTimeout(() => {}, 50) }))"
  const { report, stderr } = await runNode({ eval: program, flags: ['--expose-gc'] })
  t.match(stderr, /garbage collection/)
  matches(t, report.leaks, [{ type: 'FILEHANDLE', verdict: 'collected' }])
})

t.test('to record loads no public module of Node that the program does not', async t => {
  const { stdout } = await runNode({
    eval: `const modules = () => process.moduleLoadList.filter(name => /^NativeModule (?!internal\\/)/.test(name))
      const { openSync, closeSync } = require('fs')
      const before = modules()
      closeSync(openSync(process.execPath))
      console.log(modules().filter(name => !before.includes(name)).join())`,
  })
  t.equal(stdout, '\n')
})
