import fc from 'fast-check'
import t from 'tap'
import type { Report, ReportReason } from '../../../lib/model/report.ts'
import { summary, text } from '../../../lib/report/text/text.ts'
import { buildReport } from '../../support/report-builder.ts'
import type { ResourceInput, SnapshotInput } from '../../support/snapshot-builder.ts'

const sources = new Map([
  ['/srv/app/src/pool.ts', ['export function acquire(name) {', "  const fd = openSync(path(name), 'r')", '  return new Lease(fd)', '}']],
  ['/srv/app/src/upload.ts', ["app.post('/upload', upload.single('file'), done)"]],
])

const plain = (report: Report) => text(report, { colour: false, sources })
const rendered = (input: SnapshotInput, reason?: ReportReason) => plain(buildReport(input, reason))

const acquire = 'node:fs:573:3 in openSync < src/pool.ts:2:14 in acquire'
const logs: readonly ResourceInput[] = Array.from({ length: 40 }, (_, index) => ({
  fd: 21 + index, target: `/var/log/${index}.log`, openedMsAgo: 9000 - index * 100, at: `${acquire} < src/server.ts:12:3 in handle`,
}))
const job: ResourceInput = { fd: 19, target: '/var/log/job.log', openedMsAgo: 61_000, at: `${acquire} < src/job.ts:4:1` }

t.test('a leak is told with its line, its source, its callers, its resources, the reason and the fix', async t => {
  t.equal(rendered({ resources: [...logs, job] }), `\
leakwatch: 41 leaks from 1 line at exit (pid 123, node v20.20.2)

41 file descriptors opened at src/pool.ts:2:14 in acquire

    1 | export function acquire(name) {
  > 2 |   const fd = openSync(path(name), 'r')
      |              ^
    3 |   return new Lease(fd)
    4 | }

  from  40 x at src/server.ts:12:3 in handle
         1 x at src/job.ts:4:1
  open  fd 19  /var/log/job.log  opened 1 min 1 s ago
        fd 21  /var/log/0.log    opened 9.0 s ago
        fd 22  /var/log/1.log    opened 8.9 s ago
        and 38 more
  why   Nobody called close().
  fix   Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.
`)
})

t.test('a program without leaks is told so in one line', async t => {
  t.equal(rendered({ resources: [] }), 'leakwatch: no leaks at exit (pid 123, node v20.20.2)\n')
})

t.test('without the source the line is told all the same', async t => {
  t.equal(rendered({ resources: [{ fd: 20, at: 'src/other.ts:3:1' }] }), `\
leakwatch: 1 leak from 1 line at exit (pid 123, node v20.20.2)

1 file descriptor opened at src/other.ts:3:1
  open  fd 20  opened 1.0 s ago
  why   Nobody called close().
  fix   Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.
`)
})

t.test('what the garbage collector closed is told apart from what is still open at the same line', async t => {
  const load = { type: 'FILEHANDLE', target: '/srv/a.json', at: 'src/load.ts:2:20 in load' }
  t.equal(rendered({ resources: [{ ...load, fd: 33 }, { ...load, openedMsAgo: 9000, collectedMsAgo: 7900 }] }), `\
leakwatch: 2 leaks from 1 line at exit (pid 123, node v20.20.2)

2 file handles opened at src/load.ts:2:20 in load
  1 file handle, closed by the garbage collector
  was   asyncId 11  /srv/a.json  opened 9.0 s ago
  why   Nobody called close(): the garbage collector closed it, 1.1 s after the opening. Node 25 and later end the process for that.
  fix   Do not leave it to the garbage collector. Call await handle.close() in a finally block, or declare it with \`await using\` (Node 24 and later, or TypeScript).
  1 file handle, still open
  open  fd 33  /srv/a.json  opened 1.0 s ago
  why   Nobody called close().
  fix   Call await handle.close() in a finally block, or declare it with \`await using\` (Node 24 and later, or TypeScript).
`)
})

t.test('accepted sockets are told with the line that started their server', async t => {
  const server = { at: 'src/server.ts:30:8 in main' }
  const lines = rendered({ resources: [{ type: 'TCPWRAP', server }, { type: 'TCPWRAP', server }, { type: 'TCPSERVERWRAP', ref: false, ...server }] }).split('\n')
  t.equal(lines[0], 'leakwatch: 3 leaks from 1 line at exit (pid 123, node v20.20.2)')
  t.ok(lines.includes('2 accepted TCP sockets of the server started at src/server.ts:30:8 in main'))
  t.ok(lines.includes('1 TCP server started at src/server.ts:30:8 in main'))
  t.ok(lines.includes('  why   Nobody called close(). It does not keep the event loop alive, but holds its descriptor.'))
})

t.test('a line that opened several things is quoted once', async t => {
  const server = { at: 'src/pool.ts:2:14' }
  const report = rendered({ resources: [{ type: 'TCPWRAP', server }, { type: 'TCPSERVERWRAP', ...server }, { fd: 20, at: 'src/pool.ts:3:10' }] })
  t.equal(report.split('> 2 |').length, 2)
  t.equal(report.split('> 3 |').length, 2)
})

t.test('types that one line opened are told together', async t => {
  const at = 'src/client.ts:7:3 in connect'
  t.match(rendered({ resources: [{ type: 'TLSWRAP', at }, { type: 'TCPWRAP', at }] }), '\n1 TLS socket and 1 TCP socket opened at src/client.ts:7:3 in connect\n')
})

t.test('leaks inside packages have a section, with package, version and the line of the application', async t => {
  const at = 'node:fs:1:1 < node_modules/multer/disk.js:40:22 in _handleFile < node_modules/multer/make.js:1:2 < node_modules/express/a.js:3:3 < node_modules/express/b.js:4:4 < src/upload.ts:1:9'
  t.equal(rendered({ resources: [{ fd: 60, target: '/up/1', at }, job] }), `\
leakwatch: 2 leaks from 2 lines at exit (pid 123, node v20.20.2)

1 file descriptor opened at src/pool.ts:2:14 in acquire

    1 | export function acquire(name) {
  > 2 |   const fd = openSync(path(name), 'r')
      |              ^
    3 |   return new Lease(fd)
    4 | }

  from  at src/job.ts:4:1
  open  fd 19  /var/log/job.log  opened 1 min 1 s ago
  why   Nobody called close().
  fix   Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.

leaks inside packages

1 file descriptor opened by multer@1.0.0 at node_modules/multer/disk.js:40:22 in _handleFile
  called from src/upload.ts:1:9

  > 1 | app.post('/upload', upload.single('file'), done)
      |         ^

  from  at node_modules/multer/make.js:1:2
        through 2 frames in express
        at src/upload.ts:1:9
  open  fd 60  /up/1  opened 1.0 s ago
  why   Nobody called close().
  fix   Close what multer gave you for it on every path: by its close(), end(), quit() or destroy(), fs.close(fd) for a mere number. If it gave you nothing, it is for multer to close it.
`)
})

t.test('a caller that is known of some alone is told of these', async t => {
  const inside = 'node_modules/pool/index.js:88:5 in acquire'
  const report = rendered({ resources: [{ at: `${inside} < src/upload.ts:1:9` }, { at: `${inside} < src/upload.ts:1:9` }, { at: inside }] })
  t.match(report, '\n3 file descriptors opened by pool@1.0.0 at node_modules/pool/index.js:88:5 in acquire\n  2 of them called from src/upload.ts:1:9\n')
  t.match(rendered({ resources: [{ at: `${inside} << src/upload.ts:1:9` }, { at: inside }] }), '\n  1 of them in a callback, after a call from src/upload.ts:1:9\n')
})

t.test('where all that is open as descriptors run out is not over yet, the first line says so', async t => {
  const report = buildReport({ resources: [{ type: 'TCPWRAP', waitsFor: 'connection', at: 'src/a.ts:1:1' }] }, 'emfile')
  t.equal(summary(report), 'leakwatch: nothing but what is not over yet as descriptors ran out (pid 123, node v20.20.2)')
  t.match(summary({ ...report, reason: 'exit' }), /^leakwatch: no leaks at exit/)
})

t.test('what keeps the process running is told at a signal, a line each', async t => {
  const server = { at: 'src/server.ts:30:8 in main' }
  const input = { resources: [{ type: 'TCPSERVERWRAP', ref: true, target: ':80', ...server }, { type: 'TCPWRAP', ref: true, server }, { type: 'TLSWRAP', ref: true, at: 'src/client.ts:7:3' }, { type: 'TCPWRAP', ref: true, target: '127.0.0.1:80 -> 127.0.0.1:5' }], alive: { active: [{ type: 'Timeout', count: 2 }], standard: [] } }
  t.match(rendered(input, 'signal'), `
what keeps the process running
  1 TCP server started at src/server.ts:30:8 in main (:80)
  1 accepted TCP socket of the server started at src/server.ts:30:8 in main
  1 TLS socket opened at src/client.ts:7:3
  1 TCP socket of which no line is known (127.0.0.1:80 -> 127.0.0.1:5)
  2 timers, not recorded: opened before leakwatch was there, or of a type that LEAKWATCH_TYPES=all records
`)
  t.notMatch(rendered(input), 'keeps the process running')
})

t.test('requests in flight and idle sockets are listed apart and are no leaks', async t => {
  t.equal(rendered({ resources: [
    { type: 'FSREQCALLBACK', target: '/run/fifo', openedMsAgo: 5100, at: 'src/fifo.ts:9:6 in wait' },
    { type: 'TCPWRAP', pool: 'http.Agent', target: '10.0.0.1:5 -> 10.0.0.2:443', at: 'src/client.ts:3:1 in get' },
    { type: 'TCPWRAP', pool: 'http.Agent', openedMsAgo: 400, at: 'src/client.ts:3:1 in get' },
  ] }), `\
leakwatch: no leaks at exit (pid 123, node v20.20.2)

not over yet, no leaks
  1 file system request started at src/fifo.ts:9:6 in wait, 5.1 s ago (/run/fifo). The operation has not completed.

idle in a pool, no leaks
  2 TCP sockets opened at src/client.ts:3:1 in get, the first 1.0 s ago (10.0.0.1:5 -> 10.0.0.2:443). Idle in the pool of http.Agent, kept for the next request.
`)
})

t.test('the kernel check counts descriptors and lists the unexplained ones', async t => {
  const unexplained = Array.from({ length: 12 }, (_, index) => ({ fd: 50 + index, target: index === 0 ? null : `/srv/${index}.sqlite` }))
  t.equal(rendered({ kernel: { open: 77, limit: 1024, runtime: 20, accounted: 45, unexplained } }), `\
leakwatch: no leaks at exit (pid 123, node v20.20.2)

kernel: 77 descriptors open (limit 1024): 20 of the runtime or inherited, 45 accounted for, 12 unexplained
  fd 50  unknown
${unexplained.slice(1, 10).map(({ fd, target }) => `  fd ${fd}  ${target}\n`).join('')}  and 2 more
`)
  t.match(rendered({ kernel: { open: 20, limit: null, runtime: 20, accounted: 0, unexplained: [] } }), 'kernel: 20 descriptors open: 20 of the runtime or inherited, 0 accounted for, 0 unexplained\n')
})

t.test('an incomplete report says so with its fault, and never that there are no leaks', async t => {
  const faults = [{ where: 'table', message: 'no room\n::error' }]
  t.equal(rendered({ complete: false, faults }), `\
leakwatch: incomplete, no verdict at exit (pid 123, node v20.20.2)
incomplete: a fault in table: no room\\n::error
`)
  t.match(rendered({ complete: false, faults, resources: [job] }), /^leakwatch: incomplete, at least 1 leak from 1 line at exit/)
})

t.test('what was not recorded is told with what would record it', async t => {
  t.equal(rendered({ dropped: 1, sampled: { captured: 30, skipped: 10 } }), `\
leakwatch: no leaks among what was recorded at exit (pid 123, node v20.20.2)

1 resource not recorded: a capacity was reached, or the program was out of stack.
10 of 40 stacks were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them.
`)
})

t.test('stacks that were skipped hide no leak: what has no line is told beside what has one', async t => {
  const sampled = { captured: 30, skipped: 10 }
  t.match(rendered({ sampled }), /^leakwatch: no leaks at exit/)
  t.equal(rendered({ mode: 'adaptive', sampled, resources: [{ fd: 20, at: 'src/pool.ts:8:3' }, { fd: 21, isCounted: true }, { fd: 22, isCounted: true }] }), `\
leakwatch: 3 leaks from at least 1 line at exit (pid 123, node v20.20.2)

2 file descriptors, opened where no stack was recorded
  open  fd 21, 22  opened 1.0 s ago
  why   Nobody called close().
  fix   Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.

1 file descriptor opened at src/pool.ts:8:3
  open  fd 20  opened 1.0 s ago
  why   Nobody called close().
  fix   Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.

10 of 40 stacks were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them.
`)
})

t.test('a report that only counts says how to have the lines named', async t => {
  t.equal(rendered({ mode: 'count', resources: [{ fd: 20 }, { fd: 21 }] }), `\
leakwatch: 2 leaks at exit (pid 123, node v20.20.2)

2 file descriptors, opened where no stack was recorded
  open  fd 20, 21  opened 1.0 s ago
  why   Nobody called close().
  fix   Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.

LEAKWATCH=full with a LEAKWATCH_DEPTH above 0 names the lines.
`)
})

t.test('the first line tells what made the report, and in which thread', async t => {
  const { process, ...rest } = buildReport({ resources: [job] })
  const first = (reason: ReportReason, threadId = 0) => summary({ ...rest, reason, process: { ...process, threadId } })
  t.equal(first('signal'), 'leakwatch: 1 open resource from 1 line at the signal (pid 123, node v20.20.2)')
  t.match(summary({ ...buildReport({ resources: [{ ...job, openedMsAgo: 9000, collectedMsAgo: 7900 }] }), reason: 'signal' }), 'leakwatch: 1 leak from 1 line at the signal')
  t.equal(first('api'), 'leakwatch: 1 leak from 1 line (pid 123, node v20.20.2)')
  t.equal(first('emfile'), 'leakwatch: 1 open resource from 1 line as descriptors ran out (pid 123, node v20.20.2)')
  t.equal(first('threshold'), 'leakwatch: 1 open resource from 1 line as the threshold was passed (pid 123, node v20.20.2)')
  t.equal(first('crash', 2), 'leakwatch: 1 leak from 1 line at the crash (pid 123, thread 2, node v20.20.2)')
})

t.test('of very many lines the first are told in full, more in one line each, the rest as a number', async t => {
  const resources = Array.from({ length: 100 }, (_, index) => ({ fd: index, at: `src/f.ts:${index + 1}:1`, openedMsAgo: 1000 - index }))
  const lines = rendered({ resources }).split('\n')
  t.equal(lines.filter(line => /^1 file descriptor opened at/.test(line)).length, 70)
  t.equal(lines.filter(line => line.startsWith('  why')).length, 20)
  t.ok(lines.includes('and 30 more, opened at 30 other lines: LEAKWATCH_FORMAT=json lists them all'))
})

t.test('colour adds codes and changes nothing else', async t => {
  const report = buildReport({ resources: [...logs, job], kernel: { open: 50, limit: null, runtime: 9, accounted: 41, unexplained: [] } })
  const coloured = text(report, { colour: true, sources })
  t.not(coloured, plain(report))
  t.equal(coloured.replace(/\x1b\[\d+m/g, ''), plain(report))
})

t.test('nothing from outside drives a terminal, breaks a line or gives a command to a CI log', async t => {
  const nasty = fc.string({ unit: fc.constantFrom('::error::', '\n', '\r', '\x1b[2J', '\u009b', '\u202e', '\u2028', '##[error]', ' ', 'a', '/', 'node_modules/'), maxLength: 8 })
  const orNull = fc.option(nasty)
  fc.assert(fc.property(nasty, nasty, orNull, orNull, orNull, nasty, (file, name, target, scope, pkg, source) => {
    const [group] = buildReport({ resources: [job] }).leaks
    const frames = [file, name].map(each => ({ function: each, file: each, line: 1, column: 3 }))
    const resources = [{ ...group!.resources[0]!, fd: null, target, scope, name: pkg }]
    const odd = { ...group!, type: name, reason: name, hint: file, site: { frames, user: 0, app: 1, package: pkg }, resources }
    const report = { ...buildReport({ faults: [{ where: file, message: name }] }), leaks: [odd], pending: [odd], pooled: [odd], kernel: { open: 1, limit: 1, runtime: 0, accounted: 0, unexplained: [{ fd: 1, target }] } }
    const lines = text(report, { colour: false, sources: new Map([[file, [source, source]], [name, [source]]]) }).split('\n')
    return lines.every(line => /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e]*$/.test(line) && !line.trimStart().startsWith('::') && !/##\w*\[/.test(line))
  }), { numRuns: 300 })
  t.pass('held for every report tried')
})
