import { readFileSync } from 'node:fs'
import t from 'tap'
import { fixture } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { runNode } from '../support/run.ts'
import { ways } from '../support/detection.ts'

const script = fixture('collect', 'chain.mjs')
const lines = readFileSync(script, 'utf8').split('\n')

function at(site: any): string {
  const frame = site.frames[site.user]
  return frame === undefined ? '-' : /\/\/ (.*)/.exec(lines[frame.line - 1]!)?.[1] ?? `line ${frame.line}`
}

/** Each leak that has a comment, with its chain. */
function chains(report: any): Readonly<Record<string, readonly string[]>> {
  const named = report.leaks.filter(({ type }: any) => type === 'fd' || type === 'FILEHANDLE')
  return Object.fromEntries(named.map(({ site, chain }: any) => [at(site), chain.map(({ type, name, site: of }: any) => `${type} ${name ?? ''} ${at(of)}`)]))
}

for (const { name, before } of ways) {
  t.test(`a leak tells the request, connection, timer or call in which it was opened, ${name}`, async t => {
    const { report, code } = await runNode({ script, before, env: { LEAKWATCH_CHAIN: 'on' } })
    const ofRequest = ['HTTPINCOMINGMESSAGE GET /first -', 'TCPSERVERWRAP  an HTTP server']
    t.strictSame(chains(report), {
      'in a request': ofRequest,
      'handle in a request': ofRequest,
      'in a connection': ['TCPSERVERWRAP  a raw server'],
      'in a timer': ['FSREQCALLBACK  a call', 'Timeout  set again'],
    })
    t.strictSame(schemaFaults(report), [])
    t.match(report, { complete: true })
    t.equal(code, 0)
  })
}

t.test('without being asked for, nothing is kept of it but the server of an accepted socket', async t => {
  const { report } = await runNode({ script })
  t.strictSame(Object.values(chains(report)), [[], [], [], []])
})

t.test('the text tells it on lines of its own, and the server of what it accepted in the headline alone', async t => {
  const { stderr } = await runNode({ script, format: 'text', env: { LEAKWATCH_CHAIN: 'on' } })
  t.match(stderr, /\n {2}via {3}incoming HTTP request GET \/first\n {8}TCP server started at .*chain\.mjs:\d+:\d+\n/)
  t.match(stderr, /\n {2}via {3}file system request started at .*\n {8}timer set at .* in again\n/)
})

t.test('a request is told by what Node put on it: getters and methods of a framework are not called', async t => {
  const program = `
    const http = require('http')
    let read = 0
    const server = http.createServer((request, response) => {
      const given = request.url
      Object.setPrototypeOf(request, Object.create(http.IncomingMessage.prototype, { host: { get() { read++ } }, path: { value() { return '/called' } } }))
      if (given === '/api/list?all') {
        request.originalUrl = given
        request.url = '/list'
        setImmediate(() => response.end(String(require('fs').openSync('/dev/null'))))
      } else setImmediate(() => response.end(String(require('fs').openSync('/dev/null'))))
    })
    const get = path => new Promise(resolve => http.get({ port: server.address().port, path, agent: false }, answer => answer.resume().on('end', resolve)))
    server.listen(0, () => get('/plain').then(() => get('/api/list?all')).then(() => { console.log(read); process.exit() }))`
  const { report, stdout } = await runNode({ eval: program, env: { LEAKWATCH_CHAIN: 'on' } })
  t.equal(stdout, '0\n')
  const names = report.leaks.filter(({ type }: any) => type === 'fd').map(({ chain }: any) => chain.find(({ type }: any) => type === 'HTTPINCOMINGMESSAGE').name).toSorted()
  t.strictSame(names, ['GET /api/list', 'GET /plain'])
})

t.test('a timer that sets the next one holds none of those before it', async t => {
  const program = `
    const refs = []
    let round = 0
    const again = () => {
      const payload = { round }
      refs.push(new WeakRef(payload))
      const timer = setTimeout(() => { void payload; next() }, 0)
    }
    const next = () => ++round < 200 ? again() : collect(3)
    const collect = times => setImmediate(() => {
      gc()
      if (times > 0) collect(times - 1)
      else console.log(refs.filter(ref => ref.deref()).length)
    })
    again()`
  const { stdout } = await runNode({ eval: program, flags: ['--expose-gc'], env: { LEAKWATCH_CHAIN: 'on' } })
  t.equal(stdout, '0\n')
})
