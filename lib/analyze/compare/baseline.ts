import { grouped } from '../../model/grouped.ts'
import { packageName, relativePath } from '../../model/path.ts'
import type { BaselineState, Report, ReportedEntry, ReportGroup } from '../../model/report.ts'
import type { Frame } from '../../model/site.ts'

/** A leak that is on file. */
export interface BaselineEntry {
  readonly fingerprint: string
  readonly type: string
  /** File and function of the opening line, relative to the baseline's directory. */
  readonly site: string
  /** How many are borne. */
  readonly count: number
  readonly reason: string
  /** `2026-03-01` */
  readonly firstSeen: string
  /** The last day on which it is borne; without it there is none. */
  readonly until?: string
  /** The programs in which it was seen, sorted; without them, any. */
  readonly programs?: readonly string[]
}

export interface Bearings {
  readonly entries: readonly BaselineEntry[]
  /** The baseline, as the report names it, and the directory that it lies in. */
  readonly file: string
  readonly directory: string
  /** The program that was run; null where this is but a part of its run, of which nothing is known to be fixed. */
  readonly program: string | null
  /** Fingerprints that earlier reports of the process have met. */
  readonly met: ReadonlySet<string>
  /** How many of each fingerprint were told of already, and are not in this report. */
  readonly earlier: ReadonlyMap<string, number>
}

const order: readonly BaselineState[] = ['new', 'grown', 'expired', 'known', 'fixed']

/** The report with the leaks that the baseline bears among the known ones; those that are new, grown or expired stay. */
export function heldAgainst(report: Report, { entries, file, directory, program, met, earlier }: Bearings): Report {
  const byFingerprint = new Map(entries.map(entry => [entry.fingerprint, entry]))
  const today = dayOf(report)
  const leaks: ReportGroup[] = []
  const known: ReportGroup[] = [...report.known]
  const told: ReportedEntry[] = []
  for (const [fingerprint, groups] of grouped(report.leaks, group => group.fingerprint)) {
    const entry = byFingerprint.get(fingerprint)
    const count = countOf(groups) + (earlier.get(fingerprint) ?? 0)
    const state = stateOf(entry, count, today)
    const site = entry?.site ?? siteOf(groups[0]!, directory)
    told.push(reported({ ...entry, fingerprint, type: groups[0]!.type, site }, state, count))
    if (entry !== undefined && state === 'known') known.push(...groups.map(group => ({ ...group, reason: entry.reason })))
    else leaks.push(...groups.map(group => ({ ...group, reason: `${group.reason}${why(entry, state)}` })))
  }
  const found = new Set(told.map(({ fingerprint }) => fingerprint))
  const fixed = program === null ? [] : entries.filter(entry => isOf(entry, program) && !found.has(entry.fingerprint) && !met.has(entry.fingerprint))
  told.push(...fixed.map(entry => reported(entry, 'fixed', 0)))
  told.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || bySite(a, b))
  return { ...report, leaks, known, baseline: { file, entries: told } }
}

export interface Update {
  /** What was on file when the process began. */
  readonly began: readonly BaselineEntry[]
  /** Every leak that the process has met, as entries of this day. */
  readonly found: readonly BaselineEntry[]
  readonly program: string
  /** Whether this process saw a whole run of the program, and nobody has written the file since it began. */
  readonly isAlone: boolean
}

/**
 * The entries that are on file now with what a process found put in. Nothing is taken out and no count lowered but by a
 * process that was alone: what it did not see another one may have. An entry goes when none of its programs has it any more.
 */
export function updated(current: readonly BaselineEntry[], { began, found, program, isAlone }: Update): readonly BaselineEntry[] {
  const before = new Map([...began, ...current].map(entry => [entry.fingerprint, entry]))
  const seen = new Set(found.map(({ fingerprint }) => fingerprint))
  const kept = current.filter(({ fingerprint }) => !seen.has(fingerprint)).flatMap(entry => isAlone ? without(entry, program) : [entry])
  const met = found.map(entry => {
    const prior = before.get(entry.fingerprint)
    if (prior === undefined) return { ...entry, programs: [program] }
    const programs = [...new Set([...prior.programs ?? [], program])].toSorted()
    const count = isAlone && programs.length === 1 ? entry.count : Math.max(prior.count, entry.count)
    return { ...prior, site: entry.site, count, programs }
  })
  return [...kept, ...met].toSorted(bySite)
}

/** A report's leaks as entries, none of which has been looked at by anybody. */
export function entriesOf(report: Report, directory: string): readonly BaselineEntry[] {
  return [...grouped(report.leaks, group => group.fingerprint)].map(([fingerprint, groups]) => ({
    fingerprint,
    type: groups[0]!.type,
    site: siteOf(groups[0]!, directory),
    count: countOf(groups),
    reason: 'On file unseen: nobody has said yet why it is borne.',
    firstSeen: dayOf(report),
  }))
}

function stateOf(entry: BaselineEntry | undefined, count: number, today: string): BaselineState {
  if (entry === undefined) return 'new'
  if (entry.until !== undefined && entry.until < today) return 'expired'
  return count > entry.count ? 'grown' : 'known'
}

function why(entry: BaselineEntry | undefined, state: BaselineState): string {
  if (state === 'grown') return ` More than the ${entry!.count} that the baseline bears.`
  return state === 'expired' ? ` The baseline bore it until ${entry!.until}.` : ''
}

function reported(entry: Partial<BaselineEntry> & Pick<BaselineEntry, 'fingerprint' | 'type' | 'site'>, state: BaselineState, count: number): ReportedEntry {
  const { fingerprint, type, site, count: borne = 0, reason = null, firstSeen = null, until = null } = entry
  return { state, fingerprint, type, site, count, borne, reason, firstSeen, until }
}

function isOf({ programs }: BaselineEntry, program: string): boolean {
  return programs === undefined || programs.length === 0 || programs.includes(program)
}

function without(entry: BaselineEntry, program: string): readonly BaselineEntry[] {
  if (!isOf(entry, program)) return [entry]
  const programs = (entry.programs ?? []).filter(other => other !== program)
  return programs.length === 0 ? [] : [{ ...entry, programs }]
}

function countOf(groups: readonly ReportGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

function dayOf({ generatedAt }: Report): string {
  return generatedAt.slice(0, '2026-03-01'.length)
}

function bySite(a: { readonly site: string, readonly type: string, readonly fingerprint: string }, b: typeof a): number {
  return compare(a.site, b.site) || compare(a.type, b.type) || compare(a.fingerprint, b.fingerprint)
}

// The same order on every machine, whatever its language.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function siteOf({ site: { frames, user, app, package: within } }: ReportGroup, directory: string): string {
  const own = placeOf(frames[app], directory)
  if (within === null) return own ?? 'no line is known'
  const name = packageName(frames[user]?.file ?? '') ?? within
  return own === null ? name : `${name}, from ${own}`
}

function placeOf(frame: Frame | undefined, directory: string): string | null {
  if (frame === undefined || frame.file === null) return null
  const file = relativeTo(directory, frame.file)
  return frame.function === null ? file : `${file} in ${frame.function}`
}

/** The file as it is reached from the directory; by its name alone where they are far apart, as no machine's paths belong on file. */
export function relativeTo(directory: string, file: string): string {
  const path = relativePath(directory, file)
  return /^(\/|[A-Z]:\/)/.test(path) ? path.slice(path.lastIndexOf('/') + 1) : path
}
