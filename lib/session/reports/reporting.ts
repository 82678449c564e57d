import { dirname, join } from 'node:path'
import { judge } from '../../analyze/judge.ts'
import { getBuiltinModule, readFileSync, statSync } from '../../collect/taps/untapped.ts'
import { nowMs } from '../../model/clock.ts'
import { plainPolicy, type Policy } from '../../model/matcher.ts'
import type { Report, ReportReason } from '../../model/report.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { filesToQuote } from '../../report/text/fold.ts'
import { hint } from '../../report/hints.ts'
import { github } from '../../report/github.ts'
import { articlesShown, html } from '../../report/html/html.ts'
import { json } from '../../report/json.ts'
import { junit } from '../../report/junit.ts'
import { pprof } from '../../report/pprof/pprof.ts'
import { sarif } from '../../report/sarif.ts'
import { misuseLines } from '../../report/text/misuse.ts'
import { palette } from '../../report/text/palette.ts'
import { baselineLines } from '../../report/text/baseline.ts'
import { aliveLines } from '../../report/text/alive.ts'
import { text } from '../../report/text/text.ts'
import type { Format } from '../options/plan.ts'
import { isThere, realPath } from '../paths.ts'
import { locate } from './locate.ts'

const quotedFileLimit = 40
const quotedByteLimit = 2_000_000

export interface ReportOptions {
  readonly reason: ReportReason
  /** What was open then is not reported. */
  readonly since?: Snapshot | null
  readonly policy: Policy
  /** Whether it looks once more at what the report before it looked at. */
  readonly isAgain?: boolean
}

/** The report on what is open in a snapshot, of what came since an earlier one where one is given. */
export function report(snapshot: Snapshot, { reason, since = null, policy, isAgain = false }: ReportOptions): Report {
  return judge(locate(snapshot, isAgain), { since, reason, generatedAtMs: nowMs(), policy, hint })
}

/** A misuse as it is told when it happens, in one piece. */
export function misuseNotice(misused: Snapshot): string {
  const { misuses, process: { cwd } } = report(misused, { reason: 'api', policy: plainPolicy })
  return `leakwatch: ${misuseLines(misuses, { cwd, sources: new Map(), style: palette({ colour: false }) }).join('\n').trimEnd()}\n`
}

/** What keeps the event loop alive, as text; empty where nothing does. */
export function renderAlive({ alive, process: { cwd } }: Report): string {
  return aliveLines(alive, { cwd, sources: new Map(), style: palette({ colour: false }) }).join('\n')
}

/** Whether some of what is on file is not there any more. */
export function hasFixed({ baseline }: Report): boolean {
  return baseline !== null && baseline.entries.some(({ state }) => state === 'fixed')
}

/** How a report stands to its baseline, as text; empty where there is none. */
export function renderBaseline({ baseline, process: { cwd } }: Report): string {
  return baselineLines(baseline, { cwd, sources: new Map(), style: palette({ colour: false }) }).join('\n')
}

/** The report for people, without colour, with the source around each opening line. What tells nothing else bundles no other format. */
export function renderText(found: Report): string {
  return text(found, { colour: false, sources: readSources(filesToQuote(found)) })
}

/** The report in any format; `pprof` alone is bytes. */
export function render(found: Report, format: Format, { colour }: { readonly colour: boolean }): string | Uint8Array {
  const root = hasPlaces.has(format) ? repositoryOf(found.process.cwd) : ''
  switch (format) {
    case 'text':
      return text(found, { colour, sources: readSources(filesToQuote(found)) })
    case 'json':
      return json(found)
    case 'github':
      return github(found, { root })
    case 'junit':
      return junit(found, { root })
    case 'sarif':
      return sarif(found, { root })
    case 'html':
      return html(found, { sources: readSources(filesToQuote(found, articlesShown)) })
    case 'pprof':
      // Compressed, as profiles lie on disk. Most programs never load node:zlib.
      return getBuiltinModule('node:zlib').gzipSync(pprof(found))
  }
}

// Those whose readers look for files in the repository.
const hasPlaces: ReadonlySet<Format> = new Set(['github', 'junit', 'sarif'])

// What reads such reports knows files from the root of the repository, which the process may run below, and reach by a link.
function repositoryOf(cwd: string): string {
  const directory = realPath(cwd)
  const given = process.env.GITHUB_WORKSPACE
  if (given !== undefined && given !== '') return realPath(given)
  for (let at = directory; ; at = dirname(at)) {
    if (isThere(join(at, '.git'))) return at
    if (dirname(at) === at) return directory
  }
}

function readSources(files: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const sources = new Map<string, readonly string[]>()
  for (const file of files.slice(0, quotedFileLimit)) {
    const lines = readLines(file)
    if (lines !== null) sources.set(file, lines)
  }
  return sources
}

function readLines(file: string): readonly string[] | null {
  try {
    // To read a pipe would wait for who writes to it.
    const found = statSync(file)
    if (!found.isFile() || found.size > quotedByteLimit) return null
    return readFileSync(file, 'utf8').split(/\r?\n/)
  } catch {
    return null
  }
}
