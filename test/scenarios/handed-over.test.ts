// Sockets and servers that come from another process, as `child.send(message, socket)` hands them over.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Report, ReportGroup } from '../../lib/model/report.ts'
import { runNode } from '../support/run.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-handed-over-')))
t.teardown(() => rmSync(base, { recursive: true }))

// Three connections go to the child, which says when it listens, and is told when the last was greeted.
const parent = `
  const server = net.createServer({ pauseOnConnect: true }, socket => child.send('socket', socket))
  const child = fork(__filename, ['child'])
  child.on('exit', () => server.close())
  child.on('message', () => server.listen(0, '127.0.0.1', () => {
    let greeted = 0
    for (let count = 0; count < 3; count++) {
      net.connect(server.address().port, '127.0.0.1').on('error', () => {}).on('end', function () { this.destroy() })
        .on('data', () => { if (++greeted === 3) child.send('end') })
    }
  }))
`

interface Run {
  readonly name: string
  readonly child: string
  readonly leaks: readonly string[]
}

const runs: readonly Run[] = [
  {
    name: 'are named by the line that listens to messages',
    child: `process.on('disconnect', () => {})
  process.on('message', (message, socket) => { if (message === 'end') process.exit(); else socket.write('hi') })
  process.once('disconnect', () => {})
  process.send('listening')`,
    leaks: ['TCPWRAP x3 5'],
  },
  {
    name: 'are named by the line that listens to messages, also in a constructor',
    child: `class Receiver {
    constructor() {
      process.on('message', (message, socket) => { if (message === 'end') process.exit(); else socket.write('hi') })
    }
  }
  new Receiver()
  process.send('listening')`,
    leaks: ['TCPWRAP x3 6'],
  },
  {
    name: 'are nobody\'s leak once they are closed',
    child: `process.on('message', (message, socket) => { if (message === 'end') process.exit(); else socket.end('hi', () => socket.destroy()) })
  process.send('listening')`,
    leaks: [],
  },
  {
    name: 'are named by the line that listens to messages, though a server of the program serves them',
    child: `let held
  const server = net.createServer(() => {}).listen(0, '127.0.0.1', () => process.send('listening'))
  process.on('message', (message, socket) => {
    if (message === 'end') process.exit()
    server.emit('connection', socket)
    socket.write('hi')
  })`,
    leaks: ['TCPSERVERWRAP x1 5', 'TCPWRAP x3 6'],
  },
]

for (const [index, { name, child, leaks }] of runs.entries()) {
  t.test(`sockets that a child was handed ${name}`, async t => {
    const script = write(`sockets-${index}.cjs`, `const net = require('net'), { fork } = require('child_process')

if (process.argv[2] === 'child') {
  ${child}
} else {${parent}}
`)
    const { pid, reports, stderr } = await runNode({ script })
    t.strictSame(lines(reportOfChild(pid, reports).leaks), leaks, stderr)
  })
}

t.test('what a child hands over is named by the line that made the child, in words of its own', async t => {
  const script = write('to-parent.cjs', `const net = require('net'), { fork } = require('child_process'), dgram = require('dgram')
if (process.argv[2] === 'child') {
  process.on('disconnect', () => process.exit())
  const server = net.createServer(socket => process.send('tcp', socket)).listen(0, '127.0.0.1', () => {
    net.connect(server.address().port, '127.0.0.1').on('error', () => {})
  })
  const socket = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => process.send('udp', socket))
} else {
  const child = fork(__filename, ['child'])
  let received = 0
  child.on('message', (message, socket) => {
    if (++received === 2) setTimeout(() => process.exit(), 20)
  })
}
`)
  const { report } = await runNode({ script })
  t.strictSame(lines(report.leaks), ['PIPEWRAP x1 9', 'PROCESSWRAP x1 9', 'TCPWRAP x1 9', 'UDPWRAP x1 9'])
  t.strictSame((report as Report).leaks.flatMap(({ type, chain }) => chain.map(link => `${type} < ${link.type} ${link.name}`)).toSorted(), [
    'TCPWRAP < PIPEWRAP IPC channel', 'UDPWRAP < PIPEWRAP IPC channel',
  ])
  const { stderr } = await runNode({ script, cwd: base, format: 'text' })
  t.match(stderr, /^1 (UDP|TCP) socket and 1 (UDP|TCP) socket received over the IPC channel used at to-parent\.cjs:9:17$/m)
  t.notMatch(stderr, /^ {2}via /m)
})

t.test('a server that a child was handed is named, and the connections that it accepts with it', async t => {
  const script = write('server.cjs', `const net = require('net'), { fork } = require('child_process')
if (process.argv[2] === 'child') {
  process.on('message', (message, server) => {
    server.on('connection', () => setTimeout(() => process.exit(), 20))
    process.send('serving')
  })
  process.send('listening')
} else {
  const child = fork(__filename, ['child'])
  const server = net.createServer()
  child.once('message', () => server.listen(0, '127.0.0.1', () => child.send('server', server, () => {
    child.once('message', () => {
      const { port } = server.address()
      server.close()
      net.connect(port, '127.0.0.1').on('error', () => {}).on('end', function () { this.destroy() }).resume()
    })
  })))
}
`)
  const { pid, reports } = await runNode({ script })
  t.strictSame(lines(reportOfChild(pid, reports).leaks), ['TCPSERVERWRAP x1 3', 'TCPWRAP x1 3'])
})

t.test('a UDP socket that a cluster gives another handle stays with the line that made it', async t => {
  const script = write('cluster.cjs', `const cluster = require('cluster'), dgram = require('dgram')
if (cluster.isPrimary) {
  cluster.fork()
} else {
  process.on('message', () => {})
  const socket = dgram.createSocket('udp4')
  socket.bind(0, '127.0.0.1', () => setTimeout(() => process.exit(), 20))
}
`)
  const { pid, reports } = await runNode({ script })
  t.strictSame(lines(reportOfChild(pid, reports).leaks), ['UDPWRAP x1 6'])
})

function reportOfChild(pid: number, reports: ReadonlyMap<string, unknown>): Report {
  const [found] = [...reports].filter(([name]) => !name.startsWith(`${pid}-`)).map(([, report]) => report as Report)
  return found!
}

function lines(groups: readonly ReportGroup[]): readonly string[] {
  return groups.map(({ type, count, site: { frames, user } }) => `${type} x${count} ${frames[user]?.line}`).toSorted()
}

function write(name: string, text: string): string {
  const path = join(base, name)
  writeFileSync(path, text)
  return path
}
