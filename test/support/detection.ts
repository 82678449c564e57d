// Programs that say in comments what a report has to say of them, run in both ways that a Node may announce what it makes.
//   `// LEAK fd x3`, `// LEAK TCPSERVERWRAP, TCPWRAP x2`, `// LEAK FILEHANDLE collected`, `// PENDING WRITEWRAP`, `// POOLED TCPWRAP`
// A line without such a comment must not be named at all: what it opens is released, or is nobody's.
import { createHook, type HookCallbacks } from 'node:async_hooks'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Test } from 'tap'
import type { Report, ReportGroup } from '../../lib/model/report.ts'
import { matches } from './matches.ts'
import { announcePromisesUrl } from './paths.ts'
import { schemaFaults } from './report-schema.ts'
import { type Run, type RunOptions, runNode } from './run.ts'

type Section = 'leaks' | 'pending' | 'pooled'

const sections: Readonly<Record<string, Section>> = { LEAK: 'leaks', PENDING: 'pending', POOLED: 'pooled' }
const verdicts: Readonly<Record<Section, string>> = { leaks: 'active', pending: 'pending', pooled: 'pooled' }

/** Whether hooks of this Node are told of promises although they asked not to be. */
export function announcesPromises(): boolean {
  let isTold = false
  const init = (_asyncId: number, type: string) => {
    if (type === 'PROMISE') isTold = true
  }
  const probe = createHook({ init, trackPromises: false } as HookCallbacks).enable()
  void new Promise<void>(() => {})
  probe.disable()
  return isTold
}

/** Ways that this Node can be watched in: where it honours `trackPromises`, also as if it did not. */
export const ways: readonly { readonly name: string, readonly before: readonly string[] }[] = announcesPromises()
  ? [{ name: 'as this Node is', before: [] }]
  : [{ name: 'as this Node is', before: [] }, { name: 'with promises announced', before: [announcePromisesUrl] }]

export interface Expected {
  /** Text of stderr, which is empty by default; a string has to be part of it. */
  readonly stderr?: string | RegExp
  /** 0 by default; null where a signal ends the program. */
  readonly code?: number | null
  /** Files whose markers count, the program itself by default. */
  readonly sources?: readonly string[]
  /** Descriptors that no tap can see are left out of account: those of other threads, and of native code. */
  readonly ignoreUnexplained?: boolean
  /** Idle sockets are left out of account: undici opens one at its leisure after a fetch that was given up. */
  readonly ignorePooled?: boolean
  /** Markers of this type alone count. */
  readonly type?: string
  /** What is asserted beyond the markers. */
  readonly also?: (t: Test, report: Report, run: Run) => void
}

/**
 * Runs a program once a way and asserts that its report names the marked lines with type, verdict and count, and no
 * other; that it is valid, complete and leaves no descriptor unexplained; and that every way says the same.
 */
export async function detects(t: Test, program: RunOptions & { readonly script: string }, expected: Expected = {}): Promise<void> {
  const { type } = expected
  const wanted = marked(...expected.sources ?? [program.script]).filter(line => type === undefined || line.includes(` ${type} `))
  const runs = await Promise.all(ways.map(({ before }) => runNode({ ...program, before: [...before, ...program.before ?? []] })))
  for (const [index, run] of runs.entries()) {
    const way = ways[index]!.name
    const report: Report | null = run.report
    if (report !== null && expected.ignorePooled === true) run.report.pooled = []
    if (report === null) {
      t.fail(`${way}: no report`, { run })
      continue
    }
    t.strictSame(named(report), wanted, `the report names each marked line, and no other, ${way}`)
    t.strictSame(schemaFaults(report), [], `the report is valid, ${way}`)
    matches(t, report, { complete: true, faults: [], dropped: 0 }, `the report is complete, ${way}`)
    if (expected.ignoreUnexplained !== true) t.strictSame(report.kernel?.unexplained, [], `every descriptor is explained, ${way}`)
    t.equal(run.code, expected.code === undefined ? 0 : expected.code, `the program ends as it does unwatched, ${way}`)
    if (expected.stderr === undefined) t.equal(run.stderr, '', `nothing is said on stderr, ${way}`)
    else t.match(run.stderr, expected.stderr)
    expected.also?.(t, report, run)
  }
  const [first, ...others] = runs.map(run => run.report === null ? null : comparable(run.report))
  for (const other of others) t.strictSame(other, first, 'both ways make the same report')
}

/** The group of that type at a line that holds the text; fails when there is none. */
export function groupAt(report: Report, type: string, text: string): ReportGroup {
  for (const group of [...report.leaks, ...report.pending, ...report.pooled]) {
    const { file, line } = opening(group)
    if (group.type === type && file !== null && line !== null && linesOf(file)[line - 1]?.includes(text)) return group
  }
  throw new Error(`no ${type} is reported at '${text}': ${named(report).join('; ')}`)
}

/** What a report names, a line each: the line that opened it, be it a package's, or the application's that led there. */
export function named(report: Report, by: 'user' | 'app' = 'user'): readonly string[] {
  const counts = new Map<string, number>()
  for (const section of Object.values(sections)) {
    for (const group of report[section]) {
      const { file, line } = opening(group, by)
      const where = file === null ? 'nowhere' : `${basename(file)}:${line}`
      const source = file === null || line === null ? '' : sourceLine(file, line)
      const key = `${where} ${section} ${group.type} ${group.verdict} xCOUNT  ${source}`
      counts.set(key, (counts.get(key) ?? 0) + group.count)
    }
  }
  return [...counts].map(([key, count]) => key.replace('xCOUNT', `x${count}`)).toSorted()
}

function opening({ site }: ReportGroup, by: 'user' | 'app' = 'user'): { readonly file: string | null, readonly line: number | null } {
  return (by === 'app' ? site.frames[site.app] : undefined) ?? site.frames[site.user] ?? { file: null, line: null }
}

/** What the markers of sources say, worded as `named` words a report. */
export function marked(...files: readonly string[]): readonly string[] {
  return files.flatMap(file => linesOf(file).flatMap((text, index) => markersOf(text).map(({ section, type, verdict, count }) =>
    `${basename(file)}:${index + 1} ${section} ${type} ${verdict} x${count}  ${sourceLine(file, index + 1)}`))).toSorted()
}

interface Marker {
  readonly section: Section
  readonly type: string
  readonly verdict: string
  readonly count: number
}

function markersOf(text: string): readonly Marker[] {
  const [, comment] = /\/\/ ((?:LEAK|PENDING|POOLED) .*)$/.exec(text) ?? []
  if (comment === undefined) return []
  return comment.split('; ').flatMap(part => {
    const [word = '', ...rest] = part.split(' ')
    const section = sections[word]
    if (section === undefined) throw new Error(`no such marker: ${comment}`)
    return rest.join(' ').split(', ').map(item => marker(section, item.split(' ')))
  })
}

function marker(section: Section, [type = '', ...rest]: readonly string[]): Marker {
  const times = rest.find(word => /^x\d+$/.test(word))
  const verdict = rest.find(word => word !== times)
  return { section, type, verdict: verdict ?? verdicts[section], count: Number(times?.slice(1) ?? 1) }
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch {
    return []
  }
}

function sourceLine(file: string, line: number): string {
  return (linesOf(file)[line - 1] ?? '').replace(/\/\/.*/, '').trim()
}

// A string a group, without what differs from run to run: ids, times, ports and names of temporary files.
function comparable(report: Report): readonly string[] {
  return Object.values(sections).flatMap(section => report[section].map(group => JSON.stringify({
    section,
    ...group,
    // How many the other side has closed by then is chance.
    contrast: null,
    reason: group.reason.replace(/\d[\d.]* (ms|s|min)( to \d[\d.]* (ms|s|min))?/g, 'a while'),
    chain: group.chain.map(({ type, site }) => ({ type, site })),
    resources: group.resources.map(({ target, ref }) => `${target?.replace(/leakwatch-\w+|\d+/g, 'N')} ${ref}`).toSorted(),
  }))).toSorted()
}
