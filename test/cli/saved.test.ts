import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { savedIn } from '../../lib/cli/saved.ts'
import { isLeakwatchError } from '../../lib/model/errors.ts'
import type { Report, ReportedEntry, ReportGroup } from '../../lib/model/report.ts'
import { emptySite } from '../../lib/model/site.ts'
import { hint } from '../../lib/report/hints.ts'
import { text } from '../../lib/report/text/text.ts'
import { render } from '../../lib/session/reports/reporting.ts'
import { closedTwice } from '../support/misuse-builder.ts'
import { buildReport } from '../support/report-builder.ts'
import { buildSnapshot, type SnapshotInput, takenAtMs } from '../support/snapshot-builder.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { profileOf } from '../support/profile.ts'
import { runCommand } from '../support/run.ts'
import { judge } from '../../lib/analyze/judge.ts'
import { leakwatch, scratch } from './leakwatch.ts'

const input: SnapshotInput = { resources: [{ fd: 20, at: 'src/a.ts:1:2 in open' }, { fd: 21, at: 'src/a.ts:1:2 in open' }, { fd: 22, at: 'src/b.ts:3:4' }] }
const plain = { colour: false, sources: new Map() }

function saved(directory: string, name: string, content: unknown): string {
  const file = join(directory, name)
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** A file for each, in a folder that goes with the test. */
function savedAll(t: Test, ...contents: readonly unknown[]): string[] {
  const directory = scratch(t)
  return contents.map((content, index) => saved(directory, `${index}.json`, content))
}

t.test('a saved report is told as it was where it was made', async t => {
  const report = buildReport(input)
  const [file] = savedAll(t, report)
  t.match(await leakwatch(['report', file!]), { code: 0, stderr: '', stdout: text(report, plain) })
  t.strictSame(JSON.parse((await leakwatch(['report', '--format', 'json', file!])).stdout), report)
  t.match(await leakwatch(['report', '-'], { stdin: JSON.stringify(report) }), { stdout: text(report, plain) })
})

t.test('a report that was written by register is told with the lines of the program', async t => {
  const directory = scratch(t)
  await leakwatch(['run', '--format', 'json', '--output', 'r.json', fixture('cli', 'holds.mjs')], { cwd: directory })
  t.match((await leakwatch(['report', 'r.json'], { cwd: directory })).stdout, '> 5 | for (let opened')
})

t.test('a saved snapshot is judged as it would have been in its process', async t => {
  const [file] = savedAll(t, buildSnapshot(input))
  const { leaks } = JSON.parse((await leakwatch(['report', '--format', 'json', file!])).stdout)
  t.strictSame(leaks, judge(buildSnapshot(input), { since: null, reason: 'api', generatedAtMs: takenAtMs, hint }).leaks)
})

t.test('matchers of the options file hold for it', async t => {
  const directory = scratch(t)
  saved(directory, 'package.json', { leakwatch: { known: [{ function: 'open', reason: 'of another team' }] } })
  saved(directory, 's.json', buildSnapshot(input))
  const { stdout } = await leakwatch(['report', 's.json'], { cwd: directory })
  t.match(stdout, /^leakwatch: 1 leak from 1 line/)
  t.match(stdout, /known leaks, borne\n.*of another team/)
})

t.test('several are told one after the other; a document is one', async t => {
  const files = savedAll(t, buildReport(input), buildReport({ resources: [] }))
  t.match((await leakwatch(['report', ...files])).stdout, /^leakwatch: 3 leaks from 2 lines at exit[^]*\nleakwatch: no leaks at exit/)
  t.match(await leakwatch(['report', '--format', 'sarif', ...files]), { code: 2, stdout: '', stderr: 'leakwatch: --format sarif is one document, but was given 2 files. Give one, or --format text.\n' })
})

t.test('a profile is told to a file or a pipe, and never to a terminal', async t => {
  const directory = scratch(t)
  saved(directory, 'r.json', buildReport(input))
  const command = `${process.execPath} ${inRoot('dist/lib/bin.js')} report --format pprof r.json`
  t.equal((await runCommand(['/bin/sh', '-c', `${command} > leaks.pprof`], { cwd: directory })).code, 0)
  t.equal(profileOf(gunzipSync(readFileSync(join(directory, 'leaks.pprof')))).samples.length, 3)
  const { code, stdout } = await runCommand(['script', '--quiet', '--return', '--command', command, '/dev/null'], { cwd: directory })
  t.strictSame({ code, stdout }, { code: 2, stdout: 'leakwatch: --format pprof is bytes, but standard output is a terminal. Give it a file, such as > leaks.pprof.\r\n' })
})

t.test('a disk that is full is told, and a reader that has gone is not', async t => {
  const directory = scratch(t)
  saved(directory, 'r.json', buildReport({ resources: Array.from({ length: 2_000 }, (_, index) => ({ fd: index, at: `src/a.ts:${index + 1}:1` })) }))
  const command = `${process.execPath} ${inRoot('dist/lib/bin.js')} report --format json r.json`
  t.match(await runCommand(['/bin/sh', '-c', `${command} > /dev/full`], { cwd: directory }), { code: 2, stderr: /^leakwatch: standard output can't be written to \(ENOSPC: .*\)\.\n$/ })
  t.match(await runCommand(['/bin/sh', '-c', `{ ${command}; echo "code $?" >&2; } | head -c 1`], { cwd: directory }), { stdout: '{', stderr: 'code 0\n' })
})

t.test('leaks give the exit code that is asked for', async t => {
  const [leaking, clean] = savedAll(t, buildReport(input), buildReport({ resources: [] }))
  for (const command of [['report', '--exit-code', '3', leaking!], ['diff', '--exit-code', '3', clean!, leaking!]]) t.equal((await leakwatch(command)).code, 3)
  for (const command of [['report', '--exit-code', '3', clean!], ['diff', '--exit-code', '3', leaking!, leaking!]]) t.equal((await leakwatch(command)).code, 0)
})

t.test('what is neither a report nor a snapshot is named', async t => {
  const [odd, cut, other, partial] = savedAll(t, 'leakwatch: no leaks', '{"schema":', { schema: 'leakwatch-baseline/1' }, { schema: 'leakwatch-report/1', process: {}, faults: [] })
  for (const [file, said] of [
    ['missing.json', 'missing.json can\'t be read (ENOENT'],
    [odd!, `${odd} wants JSON (`],
    [cut!, `${cut} wants JSON (`],
    [other!, `${other} wants a report (leakwatch-report/1) or a snapshot (leakwatch-snapshot/1) as JSON, but holds 'leakwatch-baseline/1'.`],
    [partial!, `${partial} is no whole leakwatch-report/1: 'leaks' is missing, or of another type.`],
  ] as const) {
    const { code, stdout, stderr } = await leakwatch(['report', file])
    t.match({ code, stdout }, { code: 2, stdout: '' })
    t.match(stderr, `leakwatch: ${said}`)
  }
  t.match(await leakwatch(['report']), { code: 2, stderr: 'leakwatch: leakwatch report wants files with reports or snapshots as JSON: leakwatch report FILE …, or - for standard input.\n' })
  t.match(await leakwatch(['report', '--format', 'jsn', odd!]), { code: 2, stderr: /--format wants one of text, json, .*, but was given 'jsn'\. Did you mean 'json'\?/ })
  t.match(await leakwatch(['report', '--exit-code', '0', odd!]), { code: 2, stderr: /--exit-code wants a whole number from 1 to 255, but was given '0'/ })
})

t.test('what is damaged deep inside is said to be, in one line', async t => {
  const { sampled: _, ...unsampled } = buildReport(input)
  const [report, snapshot, good] = savedAll(t, unsampled, { ...buildSnapshot(input), sites: [null] }, buildReport(input))
  for (const args of [['report', report!], ['report', snapshot!], ['diff', snapshot!, good!], ['diff', good!, report!]]) {
    t.match(await leakwatch(args), { code: 2, stdout: '', stderr: /^leakwatch: .* can't be told: something in it is missing, or of another type \(.*\)\.\n$/ })
  }
})

/** A report with something in each of its places. */
function fullReport(): Report {
  const chain = [{ type: 'HTTPINCOMINGMESSAGE', asyncId: 5, name: 'GET /', site: emptySite }]
  const found = buildReport({
    resources: [...input.resources!, { type: 'TCPWRAP', name: 'n', target: 't', scope: { name: 's', ids: [1], judged: null, isAfter: false }, at: 'src/c.ts:1:2', server: { at: 'src/d.ts:1:2' } }, { type: 'FSREQCALLBACK', at: 'src/e.ts:1:1' }],
    alive: { active: [{ type: 'Timeout', count: 2 }], standard: [] }, sampled: { captured: 3, skipped: 1 }, dropped: 1, faults: [{ where: 'w', message: 'm' }],
    kernel: { open: 9, limit: 100, runtime: 3, accounted: 4, unexplained: [{ fd: 50, target: '/x' }] },
  }, 'signal')
  const leaks = found.leaks.map((group): ReportGroup => ({ ...group, chain: [...group.chain, ...chain], contrast: { opened: 3, closed: 2, open: 1, isExact: true, closers: [{ count: 2, site: group.site }] } }))
  const { site } = leaks[0]!
  const misuse = { ...closedTwice({ opened: site, closed: site }), earlier: { opened: site, closed: site }, children: [{ type: 'fd', count: 2, site }] }
  const entry: ReportedEntry = { state: 'fixed', fingerprint: '0123456789abcdef', type: 'fd', site: 's', count: 0, borne: 1, reason: 'r', firstSeen: '2026-01-01', until: null }
  return { ...found, leaks, misuses: [misuse], baseline: { file: 'b', isUpdated: false, entries: [entry] }, process: { ...found.process, threadId: 3 } }
}

/** Copies of a value, each with something else in the place of one of its leaves. */
function spoilt(value: unknown, by: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [by]
  return Object.entries(value).flatMap(([name, field]) => spoilt(field, by).map(other => Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other }))
}

t.test('whatever stands in a place of a saved report, it drives no terminal and no CI, and becomes no HTML', async t => {
  const hostile = '1\n::error::x\x1b[2J'
  const told: string[] = []
  for (const by of [hostile, [hostile], { html: '<b id="evil">' }, { frames: [], html: '<b id="evil">', length: 1 }]) {
    for (const other of spoilt(fullReport(), by)) {
      for (const format of ['text', 'github', 'junit', 'html'] as const) {
        try {
          told.push(String(render(savedIn('it', JSON.stringify(other)) as Report, format, { colour: false })))
        } catch (error) {
          if (!isLeakwatchError(error) && !(error instanceof TypeError)) throw error
        }
      }
    }
  }
  t.ok(told.length > 500)
  t.strictSame(told.filter(text => /\x1b|^::error::x|id="evil"/m.test(text)), [])
})

t.test('what is no number in the place of one is named', async t => {
  const [file] = savedAll(t, { ...buildReport(input), process: { ...buildReport(input).process, pid: '\x1b[2J' } })
  t.match(await leakwatch(['report', file!]), { code: 2, stdout: '', stderr: `leakwatch: ${file} is no whole leakwatch-report/1: 'pid' is missing, or of another type.\n` })
})

t.test('what stands in the place of a text becomes no HTML of a page', async t => {
  const report = buildReport(input)
  const html = { html: '<b id="evil">' }
  const entry = { state: 'fixed', fingerprint: '0', type: html, site: 's', count: 0, borne: 1, reason: null, firstSeen: null, until: null }
  for (const file of savedAll(t, { ...report, leaks: report.leaks.map(group => ({ ...group, fingerprint: html })) }, { ...report, baseline: { file: 'b', isUpdated: false, entries: [entry] } })) {
    t.match(await leakwatch(['report', '--format', 'html', file]), { code: 2, stdout: '', stderr: /of another type/ })
  }
})

t.test('of two reports what is new, more or fixed in the second is told', async t => {
  const [before, after] = savedAll(t,
    buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:2 in open' }, { fd: 22, at: 'src/same.ts:3:4' }, { fd: 23, at: 'src/gone.ts:3:4' }] }),
    buildReport({ resources: [{ fd: 30, at: 'src/a.ts:9:2 in open' }, { fd: 31, at: 'src/a.ts:9:2 in open' }, { fd: 32, at: 'src/same.ts:8:4' }, { fd: 33, at: 'src/new.ts:5:6' }] }))
  const { baseline, leaks, known } = JSON.parse((await leakwatch(['diff', '--format', 'json', before!, after!])).stdout)
  t.strictSame(baseline.entries.map(({ state, site, count, borne }: any) => `${state} ${site} ${borne} -> ${count}`), [
    'new src/new.ts 0 -> 1', 'grown src/a.ts in open 1 -> 2', 'known src/same.ts 1 -> 1', 'fixed src/gone.ts 1 -> 0',
  ])
  t.strictSame([leaks.length, known.length], [2, 1])
  const { stdout } = await leakwatch(['diff', before!, after!])
  t.match(stdout, 'why   Nobody called close(). More than the 1 of 0.json.')
  t.match(stdout, 'It leaks in 0.json, too.')
  t.match(stdout, 'compared with 0.json: 1 new, 1 grown, 1 known, 1 fixed\n  fixed  1 file descriptor at src/gone.ts\n')
  t.notMatch(stdout, 'LEAKWATCH_BASELINE_UPDATE')
})

t.test('of two snapshots of a process what was opened between them is told', async t => {
  const [first, second] = input.resources!
  const earlier = buildSnapshot({ resources: [first!] })
  const [before, after] = savedAll(t, earlier, { ...buildSnapshot({ resources: [first!, second!] }), takenAtMs: takenAtMs + 60_000, process: { ...earlier.process, uptimeMs: 120_000 } })
  t.match(await leakwatch(['diff', before!, after!]), { code: 0, stdout: /^leakwatch: 1 leak from 1 line \(pid 123/ })
  t.match(await leakwatch(['diff', after!, before!]), { code: 2, stderr: 'leakwatch: leakwatch diff wants the earlier snapshot first, but 1.json was taken after the other one.\n' })
})

t.test('snapshots of two processes are compared by their leaks, though both have one pid', async t => {
  const earlier = buildSnapshot({ resources: [input.resources![0]!] })
  const [before, after] = savedAll(t, earlier, { ...buildSnapshot({ resources: [input.resources![0]!, input.resources![2]!] }), process: { ...earlier.process, uptimeMs: 1_000 } })
  t.match((await leakwatch(['diff', before!, after!])).stdout, /^leakwatch: 1 leak from 1 line [^]*compared with 0\.json: 1 new, 1 known/)
})

t.test('diff takes two files, one of them from standard input', async t => {
  const [file] = savedAll(t, buildReport(input))
  t.match((await leakwatch(['diff', '-', file!], { stdin: readFileSync(file!, 'utf8') })).stdout, 'compared with the first: 2 known')
  t.match(await leakwatch(['diff', file!]), { code: 2, stderr: 'leakwatch: leakwatch diff wants two files, BEFORE and AFTER, but was given 1.\n' })
  t.match(await leakwatch(['diff', '-', '-']), { code: 2, stderr: 'leakwatch: leakwatch diff can read one of its two files from standard input, but was given - for both.\n' })
})
