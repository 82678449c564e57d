import fc from 'fast-check'
import t from 'tap'
import { html } from '../../../lib/report/html/html.ts'
import { filesToQuote } from '../../../lib/report/text/fold.ts'
import { summary } from '../../../lib/report/text/text.ts'
import type { Report } from '../../../lib/model/report.ts'
import { emptySite } from '../../../lib/model/site.ts'
import { hostileSnapshot, hostileText } from '../../support/hostile.ts'
import { matches } from '../../support/matches.ts'
import { closedTwice } from '../../support/misuse-builder.ts'
import { all, attribute, pageOf, texts, textsIn } from '../../support/page.ts'
import type { Parent } from '../../support/page.ts'
import { buildReport } from '../../support/report-builder.ts'
import type { ResourceInput } from '../../support/snapshot-builder.ts'

const sources = new Map([
  ['/srv/app/src/pool.ts', ['export function acquire(name) {', "  const fd = openSync(path(name), 'r')", '  return new Lease(fd)', '}']],
  ['/srv/app/src/upload.ts', ["app.post('/upload', upload.single('file'), done)"]],
])

const acquire = 'node:fs:573:3 in openSync < src/pool.ts:2:14 in acquire'
const logs: readonly ResourceInput[] = Array.from({ length: 60 }, (_, index) => ({
  fd: 21 + index, target: `/var/log/${index}.log`, ref: true, openedMsAgo: 9000 - index * 100, at: `${acquire} < src/server.ts:12:3 in handle`,
}))
const job: ResourceInput = { fd: 19, target: '/var/log/job.log', openedMsAgo: 61_000, at: `${acquire} < src/job.ts:4:1` }
const server = { at: 'src/server.ts:30:8 in main' }

const page = (report: Report, quotable: ReadonlyMap<string, readonly string[]> = sources) => pageOf(html(report, { sources: quotable }))
const section = (within: Parent, id: string) => all(within, 'section').find(each => attribute(each, 'id') === id)
const rows = (within: Parent) => all(within, 'tr').map(row => [...texts(row, 'th'), ...texts(row, 'td')])

t.test('a leak is told with its line, its source, its callers, its resources, the reason, the fix and its init stacks', async t => {
  const report = buildReport({ resources: [...logs, job] })
  const document = page(report)
  t.strictSame(texts(document, 'h1'), [summary(report)])
  t.strictSame(texts(document, 'title'), [summary(report)])
  t.equal(all(document, 'header', 'alarm').length, 1)
  const [article, ...others] = all(document, 'article')
  t.equal(others.length, 0)
  t.strictSame(texts(article!, 'h3'), ['61 file descriptors opened at src/pool.ts:2:14 in acquire'])
  t.strictSame(texts(article!, 'pre'), ["1 export function acquire(name) {\n2   const fd = openSync(path(name), 'r')\n3   return new Lease(fd)\n4 }\n"])
  t.strictSame(texts(article!, 'mark'), ['openSync'])
  t.strictSame(texts(article!, 'dt'), ['from', 'why', 'fix'])
  matches(t, texts(article!, 'dd'), ['60 x at src/server.ts:12:3 in handle', ' 1 x at src/job.ts:4:1', 'Nobody called close().', /^Close it with fs\.closeSync/])
  const [head, oldest, ...rest] = rows(article!)
  t.strictSame(head, ['fd', 'leads to', 'keeps the process running', 'opened'])
  t.strictSame(oldest, ['19', '/var/log/job.log', '', '1 min 1 s ago'])
  t.strictSame(rest[0], ['21', '/var/log/0.log', 'yes', '9.0 s ago'])
  t.equal(rest.length, 49)
  t.strictSame(texts(article!, 'p', 'more'), ['and 11 more'])
  const [stack] = all(article!, 'details')
  t.strictSame(texts(stack!, 'li'), ['node:fs:573:3 in openSync', 'src/pool.ts:2:14 in acquire', 'src/server.ts:12:3 in handle'])
  t.strictSame(texts(stack!, 'li', 'foreign'), ['node:fs:573:3 in openSync'])
  t.strictSame(texts(stack!, 'li', 'opening'), ['src/pool.ts:2:14 in acquire'])
})

t.test('where nothing leaks the page says so, and has no leak', async t => {
  const report = buildReport({})
  const document = page(report)
  t.strictSame(texts(document, 'h1'), ['leakwatch: no leaks at exit (pid 123, node v20.20.2)'])
  t.equal(all(document, 'header', 'calm').length, 1)
  t.equal(all(document, 'article').length, 0)
  t.strictSame(texts(document, 'h2'), ['process'])
})

t.test('the process is told: where, how and when', async t => {
  const facts = section(page(buildReport({})), 'process')!
  t.strictSame(texts(facts, 'dd'), ['2026-03-01T12:00:00.000Z', 'leakwatch-report/1', '123, started by 1', 'v20.20.2 on linux', '1 min', '/srv/app', 'node /srv/app/main.js'])
})

t.test('without the source the line is told all the same', async t => {
  const document = page(buildReport({ resources: [job] }), new Map())
  t.equal(all(document, 'pre').length, 0)
  t.equal(all(document, 'article').length, 1)
})

t.test('leaks inside packages come after the own ones, with package, version and the line of the application', async t => {
  const inside = 'node:fs:1:1 < node_modules/multer/disk.js:40:22 in _handleFile'
  const document = page(buildReport({ resources: [{ fd: 60, at: `${inside} < src/upload.ts:1:5` }, { fd: 61, at: `${inside} < src/upload.ts:1:5` }, job] }))
  t.strictSame(texts(document, 'h2'), ['leaks in the program itself', 'leaks inside packages', 'process'])
  const foreign = section(document, 'packages')!
  t.strictSame(texts(foreign, 'h3'), ['2 file descriptors opened by multer@1.0.0 at node_modules/multer/disk.js:40:22 in _handleFile'])
  t.strictSame(texts(foreign, 'p'), ['called from src/upload.ts:1:5'])
  t.strictSame(texts(foreign, 'mark'), ['post'])
  t.strictSame(texts(foreign, 'li', 'opening'), ['node_modules/multer/disk.js:40:22 in _handleFile', 'src/upload.ts:1:5'])
  const asked = page(buildReport({ resources: [{ at: `${inside} << src/upload.ts:1:5` }] }))
  t.strictSame(texts(asked, 'p'), ['in a callback, after a call from src/upload.ts:1:5'])
  t.strictSame(texts(asked, 'li', 'between'), ['in a callback, after a call from'])
})

t.test('how a leak was reached, and what became of others that the line opened, stand beside the reason', async t => {
  const report = buildReport({ resources: [job] })
  const chain = [{ type: 'HTTPINCOMINGMESSAGE', asyncId: 5, name: 'GET /users', site: emptySite }]
  const contrast = { opened: 3, closed: 2, open: 1, isExact: true, closers: [] }
  const document = page({ ...report, leaks: report.leaks.map(group => ({ ...group, chain, contrast })) })
  t.strictSame(texts(document, 'dt').slice(0, 5), ['from', 'why', 'via', 'but', 'fix'])
  t.strictSame(texts(document, 'dd').slice(2, 4), ['incoming HTTP request GET /users', '2 of 3 that this line opened were closed.'])
})

t.test('what one line opened of several types or verdicts is told part by part', async t => {
  const load = { type: 'FILEHANDLE', at: 'src/load.ts:2:20 in load' }
  const document = page(buildReport({ resources: [{ ...load, fd: 33 }, { ...load, openedMsAgo: 9000, collectedMsAgo: 7900 }] }))
  t.strictSame(texts(document, 'h4'), ['1 file handle, closed by the garbage collector', '1 file handle, still open'])
  t.strictSame(all(document, 'table').map(rows), [[['asyncId', 'opened'], ['11', '9.0 s ago']], [['fd', 'opened'], ['33', '1.0 s ago']]])
})

t.test('a line that opened several things is quoted once', async t => {
  const document = page(buildReport({ resources: [{ type: 'TCPWRAP', server: { at: 'src/pool.ts:2:14' } }, { type: 'TCPSERVERWRAP', at: 'src/pool.ts:2:14' }] }))
  t.equal(all(document, 'article').length, 2)
  t.equal(all(document, 'pre').length, 1)
})

t.test('each fingerprint is an anchor, once, and each link leads to one', async t => {
  const document = page(buildReport({ resources: [{ at: 'src/a.ts:1:1 in f' }, { at: 'src/a.ts:2:1 in f' }, { type: 'TCPWRAP', at: 'src/b.ts:1:1' }, { type: 'FSREQCALLBACK', at: 'src/c.ts:1:1' }] }))
  const ids = all(document, '*').flatMap(each => attribute(each, 'id') ?? [])
  t.equal(new Set(ids).size, ids.length)
  const fingerprints = ids.filter(id => /^[0-9a-f]{16}$/.test(id))
  t.equal(fingerprints.length, 3)
  const links = all(document, 'a').map(each => attribute(each, 'href')!.slice(1))
  t.strictSame(links.filter(link => !ids.includes(link)), [])
  t.strictSame(new Set(texts(document, 'details').map(text => /fingerprint (\w{16})/.exec(text)![1])), new Set(fingerprints))
})

t.test('a report that only counts has anchors all the same', async t => {
  const report = buildReport({ mode: 'count', resources: [{ fd: 20 }] })
  const document = page(report)
  t.strictSame(texts(document, 'h3'), ['1 file descriptor, opened where no stack was recorded'])
  t.strictSame(texts(document, 'p', 'more'), [`fingerprint ${report.leaks[0]!.fingerprint}`])
})

t.test('what is no leak stands apart: requests in flight, idle sockets, known leaks', async t => {
  const report = buildReport({ resources: [
    { type: 'FSREQCALLBACK', target: '/run/fifo', openedMsAgo: 5100, at: 'src/fifo.ts:9:6 in wait' },
    { type: 'TCPWRAP', pool: 'http.Agent', at: 'src/client.ts:3:1 in get' },
    { fd: 20, at: 'src/old.ts:1:1' },
  ] })
  const known = report.leaks.map(group => ({ ...group, reason: 'mended in 2.0' }))
  const document = page({ ...report, leaks: [], known })
  t.equal(all(document, 'header', 'calm').length, 1)
  t.strictSame(texts(document, 'h2'), ['not over yet, no leaks', 'idle in a pool, no leaks', 'known leaks, borne', 'process'])
  t.match(texts(section(document, 'pending')!, 'td'), ['10', '/run/fifo', '5.1 s ago'])
  t.match(texts(section(document, 'known')!, 'dd')[0], 'mended in 2.0')
})

t.test('a misuse is told with its lines', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }] })
  const [site] = report.leaks.map(group => group.site)
  const told = section(page({ ...report, leaks: [], misuses: [closedTwice({ opened: site!, closed: site! })] }), 'misuses')!
  t.strictSame(texts(told, 'h3'), ['file descriptor 20: It was closed although it was closed already. 2 times.'])
  t.strictSame(texts(told, 'dt'), ['opened', 'closed', 'fix'])
  t.strictSame(texts(told, 'dd'), ['at src/a.ts:1:1', 'at src/a.ts:1:1', 'Close it in one place.'])
})

t.test('what keeps the process running is told where it was asked while it runs', async t => {
  const input = { resources: [{ type: 'TCPSERVERWRAP', ref: true, target: ':80', ...server }], alive: { active: [{ type: 'Timeout', count: 2 }], standard: [] } }
  matches(t, texts(section(page(buildReport(input, 'signal')), 'alive')!, 'p'), ['1 TCP server started at src/server.ts:30:8 in main (:80)', /^2 timers, not recorded: /])
  t.equal(section(page({ ...buildReport(input, 'signal'), reason: 'exit' }), 'alive'), undefined)
  t.strictSame(texts(page(buildReport(input, 'signal')), 'h2')[0], 'opened in the program itself')
})

t.test('the states of a baseline are told', async t => {
  const entry = { fingerprint: '0123456789abcdef', type: 'fd', site: 'src/a.ts in f', count: 0, borne: 2, reason: 'old', firstSeen: '2026-01-01', until: null, state: 'fixed' as const }
  const told = section(page({ ...buildReport({}), baseline: { file: 'leakwatch-baseline.json', isUpdated: true, entries: [entry] } }), 'baseline')!
  t.strictSame(texts(told, 'p'), ['leakwatch-baseline.json, which was brought up to date since'])
  t.strictSame(rows(told), [['state', 'type', 'opened at', 'found', 'borne', 'on file since', 'reason', 'fingerprint'], ['fixed', 'fd', 'src/a.ts in f', '0', '2', '2026-01-01', 'old', '0123456789abcdef']])
  const compared = section(page({ ...buildReport({}), baseline: { file: 'before.json', isUpdated: false, isReport: true, entries: [entry] } }), 'baseline')!
  t.strictSame([...texts(compared, 'h2'), ...texts(compared, 'p')], ['compared with', 'before.json'])
  t.equal(section(page(buildReport({})), 'baseline'), undefined)
})

t.test('the kernel check counts descriptors and lists the unexplained ones', async t => {
  const told = section(page(buildReport({ kernel: { open: 23, limit: 1024, runtime: 20, accounted: 1, unexplained: [{ fd: 50, target: null }, { fd: 51, target: '/srv/x.sqlite' }] } })), 'descriptors')!
  t.strictSame(texts(told, 'p'), ['kernel: 23 descriptors open (limit 1024): 20 of the runtime or inherited, 1 accounted for, 2 unexplained'])
  t.strictSame(rows(told), [['unexplained fd', 'leads to'], ['50', 'unknown'], ['51', '/srv/x.sqlite']])
})

t.test('an incomplete report says so at its head, and what was not recorded', async t => {
  const document = page(buildReport({ complete: false, faults: [{ where: 'table', message: 'full' }], sampled: { captured: 30, skipped: 10 } }))
  t.match(texts(document, 'h1'), [/^leakwatch: incomplete, no verdict/])
  t.equal(all(document, 'header', 'alarm').length, 1)
  t.strictSame(texts(all(document, 'header')[0]!, 'li'), ['incomplete: a fault in table: full', '10 of 40 stacks were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them.'])
})

t.test('of very much a part is told, and how much more there is', async t => {
  const lines = Array.from({ length: 130 }, (_, index) => ({ fd: index, at: `src/f.ts:${index + 1}:1`, openedMsAgo: 1000 - index }))
  const report = buildReport({ resources: lines })
  const document = page(report)
  t.equal(all(document, 'article').length, 100)
  t.strictSame(texts(document, 'p', 'more'), ['and 30 more, opened at 30 other lines: LEAKWATCH_FORMAT=json lists them all'])
  t.equal(filesToQuote(report, 100).length, 1)
  const ways = Array.from({ length: 12 }, (_, index) => ({ fd: index, at: `src/f.ts:1:1 < src/caller.ts:${index + 1}:1`, openedMsAgo: 1000 - index }))
  t.strictSame(texts(page(buildReport({ resources: ways })), 'p', 'more'), ['and 2 other init stacks of 2'])
})

t.test('a page asks for nothing, and may not', async t => {
  const document = page(buildReport({ resources: [job] }))
  const policies = all(document, 'meta').filter(each => attribute(each, 'http-equiv') === 'Content-Security-Policy')
  matches(t, policies.map(each => attribute(each, 'content')), [/^default-src 'none'; style-src 'unsafe-inline'; /])
  t.notMatch(texts(document, 'style')[0], /url\(|@import/)
})

const names = new Set('html head meta title style body header main nav section article h1 h2 h3 h4 p ul ol li dl div dt dd pre span strong b mark code time a details summary table thead tbody tr th td'.split(' '))
const attributes = new Set('lang charset http-equiv content name class id href title datetime scope'.split(' '))

/** What stands in a page that is none of ours: elements, attributes, addresses, and characters that make text other than it is. */
function foreignIn(report: Report, quotable: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const document = page(report, quotable)
  const elements = all(document, '*')
  return [
    ...elements.map(each => each.tagName).filter(name => !names.has(name)),
    ...elements.flatMap(each => each.attrs).filter(({ name, value }) => !attributes.has(name) || (name === 'href' && !value.startsWith('#')) || /[\u0000-\u001f\u202e]/.test(value)).map(({ name }) => name),
    ...textsIn(document).filter(text => /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\ufffe\uffff]|\p{Surrogate}/u.test(text)),
  ]
}

t.test('it is well-formed and has nothing of others in it but text, whatever names and messages hold', async t => {
  fc.assert(fc.property(hostileSnapshot, hostileText, fc.array(hostileText), (snapshot, text, lines) => {
    const report = buildReport(snapshot)
    const odd = report.leaks.map(group => ({ ...group, type: text, hint: text, reason: text, fingerprint: text, site: { ...group.site, package: text } }))
    const entry = { fingerprint: text, type: text, site: text, count: 1, borne: 1, reason: text, firstSeen: text, until: text, state: 'known' as const }
    const told: Report = {
      ...report, known: odd, pooled: odd, misuses: [closedTwice({ opened: odd[0]?.site ?? null })].map(misuse => ({ ...misuse, name: text, hint: text })),
      baseline: { file: text, isUpdated: false, entries: [entry] }, kernel: { open: 1, limit: 1, runtime: 0, accounted: 0, unexplained: [{ fd: 1, target: text }] },
      process: { ...report.process, argv: [text], cwd: text, node: text },
    }
    const quotable = new Map(filesToQuote(report).map(file => [file, [...lines, ...Array<string>(99).fill(text)]]))
    return foreignIn(told, quotable).length === 0
  }), { numRuns: 200 })
  t.pass('held for every report tried')
})
