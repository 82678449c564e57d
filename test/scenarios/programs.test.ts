// Programs that are not one file of the user's: text given on the command line, packages, threads, children.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import type { Report } from '../../lib/model/report.ts'
import { detects, marked, named, ways } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture, inRoot, registerUrl } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { runCommand, runNode } from '../support/run.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-programs-')))
t.teardown(() => rmSync(base, { recursive: true }))

const leak = "const fs = require('fs')\n\nfs.openSync(process.execPath)\nfs.closeSync(fs.openSync(process.execPath))\n"

for (const { name, before } of ways) {
  t.test(`a program given with -e or on standard input is named by its line, ${name}`, async t => {
    const evaluated = await runNode({ eval: leak, before })
    t.strictSame(named(evaluated.report), ['[eval]:3 leaks fd active x1  '])
    t.strictSame(schemaFaults(evaluated.report), [])
    const read = await runNode({ stdin: leak, before })
    t.strictSame(named(read.report), ['[stdin]:3 leaks fd active x1  '])
  })

  t.test(`each thread reports what it opened itself, ${name}`, async t => {
    const { code, stderr, reports, pid } = await runNode({ script: fixture('scenarios', 'worker-main.mjs'), before })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.strictSame([...reports.keys()], [0, 1, 2].map(thread => `${pid}-${thread}.json`))
    t.strictSame(named(reports.get(`${pid}-0.json`)), marked(fixture('scenarios', 'worker-main.mjs')))
    for (const thread of [1, 2]) {
      const report: Report = reports.get(`${pid}-${thread}.json`)
      t.strictSame(named(report), marked(fixture('scenarios', 'worker-thread.mjs')))
      t.match(report, { complete: true, process: { threadId: thread }, kernel: null })
      t.strictSame(schemaFaults(report), [])
    }
  })

  t.test(`each process that is forked reports for itself, ${name}`, async t => {
    const script = fixture('scenarios', 'forks.mjs')
    const { code, reports } = await runNode({ script, before })
    t.equal(code, 0)
    t.equal(reports.size, 3)
    for (const report of reports.values()) t.strictSame(named(report), marked(script))
  })

  t.test(`a leak of a package is named by its own line, its version and the line that called it, ${name}`, async t => {
    const { report } = await runNode({ script: app(), before })
    const [scoped, plain, nested] = report.leaks.toSorted((a: any, b: any) => a.site.package < b.site.package ? -1 : 1)
    matches(t, plain.site, { package: 'leaky@1.2.3', frames: { [plain.site.user]: { file: join(base, 'node_modules/leaky/index.js'), line: 2 }, [plain.site.app]: { file: join(base, 'app.cjs'), line: 2 } } })
    matches(t, nested.site, { package: 'outer@0.0.1', frames: { [nested.site.user]: { line: 2 }, [nested.site.app]: { line: 3 } } })
    matches(t, scoped.site, { package: '@scope/leaky@4.5.6', frames: { [scoped.site.user]: { file: join(base, 'node_modules/outer/node_modules/@scope/leaky/index.js') }, [scoped.site.app]: { line: 3 } } })
    t.equal(report.leaks.length, 3)
  })
}

for (const [what, source] of [
  ['of a file that is not there', '../../../packages/mapped/src/index.js'],
  ["by the path of a file of the program's own", '../../../own.js'],
  ['of another package', '../../deep/index.js'],
]) {
  t.test(`a package whose map tells ${what} is named by its own line`, async t => {
    write('own.js', 'exports.own = 1\n')
    write('node_modules/mapped/package.json', '{ "name": "mapped", "version": "3.2.1" }')
    write('node_modules/mapped/lib/mapped.js', "exports.open = () => require('fs').openSync(__filename)\n//# sourceMappingURL=mapped.js.map\n")
    write('node_modules/mapped/lib/mapped.js.map', JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AAAA' }))
    const script = write('maps.cjs', "const { open } = require('mapped/lib/mapped.js')\nopen()\n")
    for (const flags of [[], ['--enable-source-maps']]) {
      const { report } = await runNode({ script, flags })
      const { site } = report.leaks[0]
      matches(t, site, { package: 'mapped@3.2.1', frames: { [site.user]: { file: join(base, 'node_modules/mapped/lib/mapped.js'), line: 1 }, [site.app]: { file: script, line: 2 } } })
    }
  })
}

t.test('a package whose map tells of its own sources is named by those', async t => {
  write('node_modules/mapped/src/index.ts', '\n')
  write('node_modules/mapped/lib/mapped.js', "exports.open = () => require('fs').openSync(__filename)\n//# sourceMappingURL=mapped.js.map\n")
  write('node_modules/mapped/lib/mapped.js.map', JSON.stringify({ version: 3, sources: ['../src/index.ts'], names: [], mappings: 'AAAA' }))
  const { report } = await runNode({ script: write('maps.cjs', "const { open } = require('mapped/lib/mapped.js')\nopen()\n") })
  const { site } = report.leaks[0]
  matches(t, site, { package: 'mapped@3.2.1', frames: { [site.user]: { file: join(base, 'node_modules/mapped/src/index.ts'), line: 1 } } })
})

t.test('a bundle of what was compiled before is named by what was written, one map after the other', async t => {
  const link = (name: string, source: string) => {
    write(name, `${name.includes('bundle') ? "require('fs').openSync(__filename)" : '// compiled'}\n//# sourceMappingURL=${name.split('/').at(-1)}.map\n`)
    write(`${name}.map`, JSON.stringify({ version: 3, sources: [source], names: [], mappings: 'AACA' }))
  }
  link('chained/bundle.cjs', 'mid/main.js')
  link('chained/mid/main.js', '../src/main.ts')
  const source = write('chained/src/main.ts', "// no 'sourceMappingURL=' of its own\n\nopen()\n")
  write('chained/mid/main.js.map', JSON.stringify({ version: 3, sources: ['../src/main.ts'], names: [], mappings: ';AAEA' }))
  const { report } = await runNode({ script: join(base, 'chained/bundle.cjs') })
  matches(t, report.leaks, [{ site: { frames: { [report.leaks[0]?.site.user]: { file: source, line: 3 } } } }])
})

t.test('a file that a hook compiles is named by its own line, also where it speaks of maps', async t => {
  const hook = write('hooked/hook.cjs', `const { readFileSync } = require('fs')
require.extensions['.ts'] = (module, file) => {
  const text = readFileSync(file, 'utf8')
  const mappings = ';;;' + text.split('\\n').map((_, index) => index === 0 ? 'AAAA' : 'AACA').join(';')
  const map = Buffer.from(JSON.stringify({ version: 3, sources: [file], names: [], mappings })).toString('base64')
  module._compile('\\n\\n\\n' + text + '\\n//# sourceMappingURL=data:application/json;base64,' + map, file)
}
`)
  const script = write('hooked/main.ts', "// adds '//# sourceMappingURL=' and a name\nrequire('fs').openSync(__filename)\n")
  const { report } = await runNode({ eval: `require(${JSON.stringify(hook)}); require(${JSON.stringify(script)})` })
  matches(t, report.leaks, [{ site: { frames: { [report.leaks[0]?.site.user]: { file: script, line: 2 } } } }])
})

t.test('a leak deep inside a package is named with the line that called the package', async t => {
  write('node_modules/deep/index.js', "exports.open = function open(depth) {\n  if (depth > 0) return open(depth - 1)\n  require('fs').openSync(__filename)\n}\n")
  const { report } = await runNode({ script: write('deep.cjs', "const { open } = require('deep')\nopen(20)\n") })
  const { frames, app }: Report['leaks'][number]['site'] = report.leaks[0].site
  t.match(frames[app], { file: join(base, 'deep.cjs'), line: 2 })
  t.equal(frames.length, app + 1, 'no frame is kept beyond it')
})

t.test('a package that only stands between answers for what nobody else is known to have asked for', async t => {
  write('node_modules/graceful-fs/package.json', '{ "name": "graceful-fs", "version": "4.2.11" }')
  write('node_modules/graceful-fs/graceful-fs.js', `const fs = require('fs')
exports.open = path => fs.openSync(path)
exports.asked = void (async () => {
  await null
  fs.openSync(__filename)
})()`)
  const file = join(base, 'node_modules/graceful-fs/graceful-fs.js')
  const script = write('graceful.cjs', "const { open } = require('graceful-fs/graceful-fs')\nopen(__filename)\nsetTimeout(() => process.exit(), 5)\n")
  const { report } = await runNode({ script })
  const told = report.leaks.map(({ site: { frames, user, package: name } }: Report['leaks'][number]) => ({ at: frames[user], name }))
  matches(t, told.toSorted(({ name }: any) => name === null ? -1 : 1), [{ at: { file: script, line: 2 }, name: null }, { at: { file, line: 5 }, name: 'graceful-fs@4.2.11' }])
})

t.test('a timer that is asked of a window is told at the line that asked, also when it was set anew', async t => {
  write('node_modules/jsdom/lib/jsdom/browser/Window.js', `exports.setInterval = (callback, delay) => {
  const set = () => setTimeout(() => {
    callback()
    set()
  }, delay)
  set()
}`)
  write('node_modules/happy-dom/lib/window/BrowserWindow.js', 'exports.setTimeout = (callback, delay) => setTimeout(callback, delay)\n')
  const script = write('window.cjs', `const { setInterval } = require('jsdom/lib/jsdom/browser/Window.js')
const { setTimeout } = require('happy-dom/lib/window/BrowserWindow.js')
let fired = 0
setInterval(() => { if (++fired === 2) setImmediate(() => process.exit()) }, 1)
setTimeout(() => {}, 600_000)
`)
  const { report } = await runNode({ script, types: 'timers' })
  t.strictSame(named(report).map(line => line.split(' ')[0]), ['window.cjs:4', 'window.cjs:5'])
})

t.test('a program with the globals of a DOM is mapped without a request', async t => {
  const source = write('dom/src/main.ts', '\n\nopen()\n')
  write('dom/main.cjs.map', JSON.stringify({ version: 3, sources: ['src/main.ts'], names: [], mappings: 'AAEA' }))
  const requests = 'class XMLHttpRequest { constructor() { console.log("asked") } }'
  const script = write('dom/main.cjs', `require('fs').openSync(__filename); globalThis.window = globalThis; globalThis.XMLHttpRequest = ${requests}
//# sourceMappingURL=main.cjs.map
`)
  const { report, stdout } = await runNode({ script })
  matches(t, report.leaks, [{ site: { frames: { [report.leaks[0]?.site.user]: { file: source, line: 3 } } } }])
  t.equal(stdout, '')
})

t.test('a socket that an agent of a package makes after a promise is told at the line that asked for the request, where Node publishes who did', async t => {
  write('node_modules/proxying/package.json', '{ "name": "proxying", "version": "1.0.0" }')
  write('node_modules/proxying/index.js', `const { Agent } = require('http'), net = require('net')
exports.ProxyAgent = class ProxyAgent extends Agent {
  createSocket(request, options, callback) {
    Promise.resolve().then(() => net.connect(options.port, options.host)).then(socket => {
      this.socket = socket
      super.createSocket(request, options, callback)
    })
  }
  createConnection() { return this.socket }
}
`)
  const script = write('proxied.cjs', `const http = require('http'), { ProxyAgent } = require('proxying')
const agent = new ProxyAgent()
const server = http.createServer((_request, answer) => void answer.write('a part')).listen(0, '127.0.0.1', () => {
  http.get({ host: '127.0.0.1', port: server.address().port, agent, headers: JSON.parse(process.argv[2]) }, end).on('upgrade', end)
})
server.on('upgrade', (_request, socket) => void socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: upgrade\\r\\nUpgrade: other\\r\\n\\r\\n'))
function end() { process.exit() }
`)
  const isPublished = Number(process.versions.node.split('.')[0]) >= 22
  for (const headers of [{}, { connection: 'upgrade', upgrade: 'other' }]) {
    const { report } = await runNode({ script, args: [JSON.stringify(headers)], types: 'TCPWRAP' })
    const { site: { frames, user, package: name } }: Report['leaks'][number] = report.leaks.find(({ chain }: Report['leaks'][number]) => chain.length === 0)
    matches(t, { at: frames[user], name }, isPublished ? { at: { file: script, line: 4 }, name: null } : { at: { file: join(base, 'node_modules/proxying/index.js'), line: 4 }, name: 'proxying@1.0.0' })
  }
})

t.test('a timer that a package sets anew each time it fires keeps the line that called the package', async t => {
  write('node_modules/again/index.js', "exports.every = function every(ms, fn) {\n  setTimeout(() => {\n    fn()\n    every(ms, fn)\n  }, ms)\n}\n")
  const script = write('again.cjs', "const { every } = require('again')\nlet fired = 0\nevery(1, () => {\n  if (++fired === 3) setTimeout(() => process.exit())\n})\n")
  const { report } = await runNode({ script, types: 'timers' })
  const groups: Report['pending'] = report.pending
  t.equal(groups.length, 1)
  for (const { site: { frames, user, app }, count } of groups) {
    t.equal(count, 1)
    matches(t, [frames[user], frames[app]], [{ file: join(base, 'node_modules/again/index.js'), line: 2 }, { file: script, line: 3 }])
  }
})

t.test('another timer that a package sets as one fires is not put on the line that asked for the first', async t => {
  write('node_modules/queue/index.js', "exports.later = function later(ms, fn) {\n  setTimeout(() => {\n    fn()\n    setTimeout(() => {}, 60_000)\n  }, ms)\n}\n")
  const script = write('queue.cjs', "const { later } = require('queue')\nlater(1, () => setImmediate(() => process.exit()))\n")
  const { report } = await runNode({ script, types: 'timers' })
  const late: Report['pending'] = report.pending.filter(({ site: { frames, user } }: Report['pending'][number]) => frames[user]?.line === 4)
  matches(t, late, [{ type: 'Timeout', count: 1, site: { app: -1 } }])
})

const asker = `const fs = require('fs')
exports.sync = path => fs.stat(path, () => fs.openSync(path))
exports.callback = path => fs.stat(path, () => fs.open(path, () => {}))
exports.stream = path => fs.stat(path, () => fs.createReadStream(path))
exports.deep = (path, left = 6) => left === 0 ? fs.openSync(path) : fs.stat(path, () => exports.deep(path, left - 1))
exports.opened = path => fs.open(path, (_error, fd) => fs.close(fd, () => fs.openSync(path)))
exports.socket = port => fs.stat(__filename, () => require('net').connect(port, '127.0.0.1').on('connect', () => setTimeout(() => process.exit(), 20)))
exports.tick = path => process.nextTick(() => fs.openSync(path))
exports.ticks = path => process.nextTick(function () { setImmediate(() => process.nextTick(() => fs.openSync(path))) })
exports.promised = path => new Promise(resolve => process.nextTick(() => resolve(fs.openSync(path))))
exports.turn = path => setImmediate(asks, path)
exports.collected = path => process.nextTick(() => setImmediate(() => { gc(); setImmediate(() => setImmediate(() => fs.openSync(path))) }))
exports.asked = path => process.nextTick(() => fs.stat(path, () => fs.openSync(path)))
function asks(path) { fs.openSync(path) }
exports.unref = port => fs.stat(__filename, () => require('net').connect(port, '127.0.0.1').unref())
`

for (const { name, before } of ways) {
  t.test(`what a package opens in callbacks of its own is named by the line that called it, ${name}`, async t => {
    write('node_modules/asker/index.js', asker)
    const calls = ['sync', 'callback', 'stream', 'deep', 'opened', 'tick', 'ticks', 'promised', 'turn', 'collected', 'asked']
    const script = write('asks.cjs', `const asker = require('asker')\n${calls.map(call => `asker.${call}(__filename)\n`).join('')}
const server = require('net').createServer().listen(0, '127.0.0.1', () => {
  asker.unref(server.address().port)
  asker.socket(server.address().port)
})
setTimeout(() => {}, 5_000)
`)
    const { report } = await runNode({ script, before, flags: ['--expose-gc'] })
    t.strictSame(schemaFaults(report), [])
    const led = (groups: Report['leaks']) => groups.filter(({ site: { frames, user } }) => frames[user]?.file?.endsWith('asker/index.js')).map(({ type, site: { frames, app, boundary } }) => `${type} ${frames[app]?.line} ${frames[boundary!]?.file?.startsWith(base)}`).toSorted()
    t.strictSame(led(report.leaks), ['TCPWRAP 16 true', ...calls.map((_, index) => `fd ${index + 2} true`)].toSorted())
    // What a package keeps for itself is no more a leak for it.
    t.strictSame(led(report.pending), ['TCPWRAP 15 true'])
  })
}

t.test('TLS that a package begins in a callback of its socket leads to the line that had it open the socket', async t => {
  write('node_modules/starttls/index.js', `const net = require('net'), tls = require('tls')
exports.connect = (port, done) => {
  const raw = net.connect(port, '127.0.0.1')
  raw.once('connect', () => raw.write('STARTTLS'))
  raw.once('data', () => {
    const socket = tls.connect({ socket: raw, rejectUnauthorized: false }, () => done(socket))
  })
}
`)
  const script = write('starttls.cjs', `const net = require('net'), tls = require('tls'), { connect } = require('starttls')
import(${JSON.stringify(pathToFileURL(fixture('types', 'support.mjs')).href)}).then(({ tlsPair }) => {
  const secureContext = tls.createSecureContext(tlsPair)
  const server = net.createServer(raw => raw.once('data', () => {
    raw.write('go ahead')
    new tls.TLSSocket(raw, { isServer: true, secureContext }).resume()
  }))
  server.listen(0, '127.0.0.1', () => {
    for (let count = 0; count < 2; count++) connect(server.address().port, () => count === 1 && setTimeout(process.exit, 50))
  })
})
`)
  const { report } = await runNode({ script })
  const [found, ...more]: Report['leaks'] = (report as Report).leaks.filter(({ site: { frames, user } }) => frames[user]?.file?.endsWith('starttls/index.js'))
  t.strictSame(more, [])
  t.match(found, { type: 'TLSWRAP', count: 2 })
  const { frames, user, app, boundary } = found!.site
  matches(t, [frames[user], frames[app]], [{ line: 6 }, { file: script, line: 9 }])
  t.ok(boundary! > user && boundary! <= app)
})

for (const { name, before } of ways) {
  t.test(`a package around what Node calls on the way to a server or socket does not stand for the line, ${name}`, async t => {
    write('node_modules/around/index.js', `const net = require('net')
const { prototype: server } = net.Server, { prototype: socket } = net.Socket
const { _listen2 } = server, { connect } = socket
server._listen2 = function (...args) { return _listen2.apply(this, args) }
socket.connect = function (...args) { return connect.apply(this, args) }
`)
    const { report } = await runNode({ before, script: write('surrounded.cjs', `require('around')
const server = require('http').createServer(() => process.exit())
server.listen(0, '127.0.0.1', () => {
  void fetch('http://127.0.0.1:' + server.address().port)
})
`) })
    const lines = (report as Report).leaks.map(({ type, count, site: { frames, user } }) => `${type} x${count} ${frames[user]?.file?.slice(base.length + 1)}:${frames[user]?.line}`)
    t.strictSame(lines.toSorted(), ['TCPSERVERWRAP x1 surrounded.cjs:3', 'TCPWRAP x1 surrounded.cjs:3', 'TCPWRAP x1 surrounded.cjs:4'])
  })
}

t.test('a report does not wait for a script that is a pipe', async t => {
  const pipe = join(base, 'pipe.cjs')
  execFileSync('mkfifo', [pipe])
  const script = write('named-pipe.cjs', `require('vm').runInThisContext('(fs => fs.openSync(process.execPath))', { filename: ${JSON.stringify(pipe)} })(require('fs'))\n`)
  const { stderr, timedOut } = await runNode({ script, format: 'text', timeoutMs: 10_000 })
  t.notOk(timedOut)
  t.match(stderr, /opened at .*pipe\.cjs:1/)
})

t.test('the line is told as one that led to a callback', async t => {
  write('node_modules/asker/index.js', asker)
  const { stderr } = await runNode({ script: write('near.cjs', "require('asker').sync(__filename)\n"), cwd: base, format: 'text' })
  t.match(stderr, '1 file descriptor opened by asker at node_modules/asker/index.js:2:47\n  in a callback, after a call from near.cjs:1:18\n')
})

for (const [call, line] of [['tick', 8], ['turn', 14]] as const) {
  t.test(`a ${call} in which a package opens the first thing of a program leads to its line`, async t => {
    write('node_modules/asker/index.js', asker)
    const { report } = await runNode({ script: write(`first-${call}.cjs`, `const asker = require('asker')\n\nasker.${call}(__filename)\n`) })
    matches(t, report.leaks, { length: 1, 0: { type: 'fd', site: { frames: { [report.leaks[0]?.site.app]: { file: join(base, `first-${call}.cjs`), line: 3 } } } } })
    t.match(report.leaks[0]?.site.frames[report.leaks[0].site.user], { line })
  })
}

t.test('a package leads to its caller across the steps of fs.realpath, first thing of a program and later on, by path of many parts', async t => {
  const path = join(base, 'a/b/c/d/e/f/g/h/i/j/k')
  mkdirSync(path, { recursive: true })
  write('node_modules/walker/index.js', `const fs = require('fs')
exports.open = path => fs.realpath(path, (_, real) => fs.realpath(real, () => fs.stat(real, () => fs.open(__filename, () => {}))))
`)
  const { report } = await runNode({ script: write('walks.cjs', `const { open } = require('walker'), path = ${JSON.stringify(path)}
open(path)
require('fs').stat(path, () => setTimeout(() => {
  open(path)
}, 20))
`) })
  const lines = (report as Report).leaks.map(({ site: { frames, user, app } }) => `${frames[user]?.line} ${frames[app]?.file?.slice(base.length + 1)}:${frames[app]?.line}`)
  t.strictSame(lines.toSorted(), ['2 walks.cjs:2', '2 walks.cjs:4'])
})

t.test('what the program put off itself is named by its line there', async t => {
  const { report } = await runNode({ script: write('puts-off.cjs', "const fs = require('fs')\nconst open = () =>\n  process.nextTick(() => fs.openSync(__filename))\nopen()\n") })
  matches(t, report.leaks, { length: 1, 0: { site: { frames: { [report.leaks[0]?.site.user]: { line: 3 } } } } })
  t.notOk('boundary' in report.leaks[0]!.site)
})

t.test('whose request it was in whose callback a queue went on tells nothing of the leak', async t => {
  write('node_modules/queue2/index.js', `const fs = require('fs'), jobs = []
let isBusy = false
exports.run = (path, done) => { jobs.push([path, done]); next() }
function next() {
  if (isBusy || jobs.length === 0) return
  isBusy = true
  const [path, done] = jobs.shift()
  fs.stat(path, () => fs.open(path, (error, fd) => { isBusy = false; done(fd); next() }))
}`)
  const program = (order: string) => `const { run } = require('queue2'), fs = require('fs')
const clean = () => run(__filename, fd => fs.closeSync(fd))
const guilty = () => run(__filename, () => {})
${order}`
  const groups = await Promise.all(['guilty(); clean()', 'clean(); guilty()'].map(async (order, index) => {
    const { report } = await runNode({ script: write(`queue${index}.cjs`, program(order)) })
    return report.leaks as Report['leaks']
  }))
  t.equal(groups[0]![0]!.fingerprint, groups[1]![0]!.fingerprint)
  const closers = groups.map(leaks => leaks[0]!.contrast)
  t.strictSame(closers[0], closers[1] && { ...closers[1], closers: closers[0]!.closers }, 'and they are held against all that the line of the package opened')
})

t.test('lines are told from where the process began, wherever it went', async t => {
  const script = write('went.cjs', "process.chdir('/')\nrequire('fs').openSync(__filename)\n")
  const { stderr } = await runNode({ script, cwd: base, format: 'text' })
  t.match(stderr, '1 file descriptor opened at went.cjs:2:15\n')
})

t.test('code made by eval, new Function and vm is named by the line that made it', async t => {
  await detects(t, { script: fixture('scenarios', 'evaluated.cjs') })
})

t.test('a program whose await never settles is reported, and ends with 13 all the same', async t => {
  await detects(t, { script: fixture('scenarios', 'waits-forever.mjs') }, { code: 13, stderr: /unsettled top-level await|^$/i })
})

for (const [what, target, redirect] of [['device', '/dev/null', ''], ['pipe that is standard output', '/dev/stdout', '| cat']] as const) {
  t.test(`a descriptor that a link led to a ${what} is reported`, { skip: process.platform !== 'linux' && 'the kernel is asked' }, async t => {
    const link = join(base, `${what}.log`)
    symlinkSync(target, link)
    const program = `require('fs').openSync(${JSON.stringify(link)}, 'a')\nprocess.exitCode = 0`
    const { stderr } = await runCommand(['/bin/sh', '-c', `"$@" ${redirect}`, 'sh', process.execPath, '--import', registerUrl, '-e', program])
    t.match(stderr, /^leakwatch: 1 leak from 1 line/)
    t.match(stderr, `${what}.log  opened`)
  })
}

for (const format of ['github', 'sarif', 'junit']) {
  t.test(`a report in format ${format} is made where the permission model keeps every folder above from the process`, async t => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
    const script = write('alone/leaks.cjs', leak)
    const { stderr } = await runNode({ script, format, cwd: join(base, 'alone'), flags: [permission, `--allow-fs-read=${inRoot('*')}`, `--allow-fs-read=${join(base, 'alone', '*')}`, `--allow-fs-read=${process.execPath}`] })
    t.notMatch(stderr, 'incomplete')
    t.match(stderr, 'leaks.cjs')
  })
}

t.test('where the permission model keeps every folder above from the process, its leak is named all the same', async t => {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const script = write('alone/app.mjs', "import { openSync } from 'node:fs'\nopenSync(import.meta.filename)\n")
  const { report, stderr } = await runNode({ script, format: 'text', flags: [permission, `--allow-fs-read=${inRoot('*')}`, `--allow-fs-read=${join(base, 'alone', '*')}`] })
  t.equal(report, null)
  t.match(stderr, '1 file descriptor opened at ')
  t.match(stderr, 'app.mjs:2:1')
})

function app(): string {
  const open = "exports.open = function open() {\n  return require('fs').openSync(__filename)\n}\n"
  write('node_modules/leaky/package.json', '{ "version": "1.2.3" }')
  write('node_modules/leaky/index.js', open)
  write('node_modules/outer/package.json', '{ "version": "0.0.1" }')
  write('node_modules/outer/index.js', `exports.open = function open() {\n  require('fs').openSync(__filename)\n  require('@scope/leaky').open()\n}\n`)
  write('node_modules/outer/node_modules/@scope/leaky/package.json', '{ "version": "4.5.6" }')
  write('node_modules/outer/node_modules/@scope/leaky/index.js', open)
  return write('app.cjs', "const { open } = require('leaky')\nopen()\nrequire('outer').open()\n")
}

function write(path: string, text: string): string {
  mkdirSync(dirname(join(base, path)), { recursive: true })
  writeFileSync(join(base, path), text)
  return join(base, path)
}
