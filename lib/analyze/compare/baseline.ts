import { grouped, total } from '../../model/grouped.ts'
import { packageName, relativePath } from '../../model/path.ts'
import type { BaselineState, Report, ReportedEntry, ReportGroup } from '../../model/report.ts'
import type { Frame } from '../../model/site.ts'
import { factsOf } from '../../model/type-table.ts'

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
  /** The programs whose runs are over with this report, and were seen as a whole: of none else is anything known to be fixed. */
  readonly over: readonly string[]
  /** The types that were recorded in them: of none else is anything known to be fixed. */
  readonly types: ReadonlySet<string>
  /** Those of the process that were over before. */
  readonly ended: ReadonlySet<string>
  /** Whether the process is what was run. A test runner's runs many programs, and what is on file for none may be any other's. */
  readonly isProcess: boolean
  /** Fingerprints that earlier reports of the process have met. */
  readonly met: ReadonlySet<string>
  /** How many of each fingerprint were told of already, and are not in this report. */
  readonly earlier: ReadonlyMap<string, number>
  /** Whether the file is an earlier report, that bears nothing and says no more than what leaked then. */
  readonly isReport?: true
}

const order: readonly BaselineState[] = ['new', 'grown', 'expired', 'known', 'fixed']

/** The report with the leaks that the baseline bears among the known ones; those that are new, grown or expired stay. */
export function heldAgainst(report: Report, bearings: Bearings): Report {
  const { entries, file, directory, met, earlier, isReport } = bearings
  const byFingerprint = new Map(entries.map(entry => [entry.fingerprint, entry]))
  const today = dayOf(report)
  const leaks: ReportGroup[] = []
  const known: ReportGroup[] = [...report.known]
  const told: ReportedEntry[] = []
  for (const [fingerprint, groups] of grouped(report.leaks, group => group.fingerprint)) {
    const entry = byFingerprint.get(fingerprint)
    const count = total(groups) + (earlier.get(fingerprint) ?? 0)
    const state = stateOf(entry, count, today)
    const site = entry?.site ?? siteOf(groups[0]!, directory)
    told.push(reported({ ...entry, fingerprint, type: groups[0]!.type, site }, state, count))
    if (entry !== undefined && state === 'known') known.push(...groups.map(group => ({ ...group, reason: entry.reason })))
    else leaks.push(...groups.map(group => ({ ...group, reason: `${group.reason}${why(entry, state, bearings)}` })))
  }
  const found = new Set(told.map(({ fingerprint }) => fingerprint))
  const fixed = entries.filter(entry => isOver(entry, bearings) && !found.has(entry.fingerprint) && !met.has(entry.fingerprint))
  told.push(...fixed.map(entry => reported(entry, 'fixed', 0)))
  told.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || bySite(a, b))
  return { ...report, leaks, known, baseline: { file, entries: told, isUpdated: false, ...isReport ? { isReport } : {} } }
}

export interface Update {
  /** What was on file when the process began. */
  readonly began: readonly BaselineEntry[]
  /** Every leak of the program that the process has met, as entries of this day. */
  readonly found: readonly BaselineEntry[]
  readonly program: string
  /** Whether that was all there is to see of a run of the program: what one process did not see another one may have. */
  readonly isAll: boolean
  /** The types that were recorded: what is on file of others stays. */
  readonly types: ReadonlySet<string>
  /** Whether the process is what was run: it alone takes out what is on file for no program. */
  readonly isProcess: boolean
}

/**
 * The entries that are on file now with what was found of a program put in. Nothing is taken out and no count lowered but where
 * that is all. An entry goes when none of its programs has it any more.
 */
export function updated(current: readonly BaselineEntry[], { began, found, program, isAll, isProcess, types }: Update): readonly BaselineEntry[] {
  const before = new Map([...began, ...current].map(entry => [entry.fingerprint, entry]))
  const seen = new Set(found.map(({ fingerprint }) => fingerprint))
  const kept = current.filter(({ fingerprint }) => !seen.has(fingerprint)).flatMap(entry => isAll && isRecorded(entry, types) ? without(entry, program, isProcess) : [entry])
  const met = found.map(entry => {
    const prior = before.get(entry.fingerprint)
    if (prior === undefined) return { ...entry, programs: [program] }
    const programs = [...new Set([...prior.programs ?? [], program])].toSorted()
    const count = isAll && programs.length === 1 ? entry.count : Math.max(prior.count, entry.count)
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
    count: total(groups),
    reason: 'On file unseen: nobody has said yet why it is borne.',
    firstSeen: dayOf(report),
  }))
}

function stateOf(entry: BaselineEntry | undefined, count: number, today: string): BaselineState {
  if (entry === undefined) return 'new'
  if (entry.until !== undefined && entry.until < today) return 'expired'
  return count > entry.count ? 'grown' : 'known'
}

function why(entry: BaselineEntry | undefined, state: BaselineState, { file, isReport }: Bearings): string {
  if (state === 'grown') return isReport ? ` More than the ${entry!.count} of ${file}.` : ` More than the ${entry!.count} that the baseline bears.`
  return state === 'expired' ? ` The baseline bore it until ${entry!.until}.` : ''
}

function reported(entry: Partial<BaselineEntry> & Pick<BaselineEntry, 'fingerprint' | 'type' | 'site'>, state: BaselineState, count: number): ReportedEntry {
  const { fingerprint, type, site, count: borne = 0, reason = null, firstSeen = null, until = null } = entry
  return { state, fingerprint, type, site, count, borne, reason, firstSeen, until }
}

// Of several programs that have it each has to be over.
function isOver(entry: BaselineEntry, { over, types, ended, isProcess }: Bearings): boolean {
  const { programs = [] } = entry
  if (!isRecorded(entry, types)) return false
  if (programs.length === 0) return isProcess && over.length > 0
  return programs.some(program => over.includes(program)) && programs.every(program => over.includes(program) || ended.has(program))
}

// A kind of tags is no type: they are told of where tags are.
function isRecorded({ type }: BaselineEntry, types: ReadonlySet<string>): boolean {
  return types.has(factsOf(type) === undefined ? 'tracked' : type)
}

function without(entry: BaselineEntry, program: string, isProcess: boolean): readonly BaselineEntry[] {
  const { programs = [] } = entry
  if (programs.length === 0) return isProcess ? [] : [entry]
  const others = programs.filter(other => other !== program)
  if (others.length === programs.length) return [entry]
  return others.length === 0 ? [] : [{ ...entry, programs: others }]
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
