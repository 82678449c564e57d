import { isInternal } from '../../model/path.ts'
import { factsOf, inFlight, isServerType, knownType } from '../../model/type-table.ts'
import type { Report, ReportedResource, ReportGroup } from '../../model/report.ts'
import { emptySite, openingLine, type Site } from '../../model/site.ts'
import { fingerprint } from '../fingerprint.ts'
import type { Hint } from '../group.ts'

const countsShown = 12
const lastShown = 3

/**
 * The last of several reports, one before the first round and one after each, with those groups alone whose site had more
 * survivors after every round than after the one before. A pool that fills once, a cache that fluctuates and a file that is
 * opened late do not: what rose once stays, or falls again. What grows is a leak, be it in flight or idle in a pool.
 */
export function growth(reports: readonly Report[], hint: Hint): Report {
  const last = reports.at(-1)!
  const histories = new Histories(reports)
  const replacing = replacingSites(reports, histories)
  const grown = (groups: readonly ReportGroup[]) => groups.flatMap(group => {
    const history = histories.growing(group)
    return history === null || replacing.has(siteOf(group)) ? [] : [{ ...group, reason: `${group.reason} ${told(history)}` }]
  })
  const piled = grown([...last.pending, ...last.pooled]).map(group => asLeak(group, hint))
  const leaks = [...grown(last.leaks), ...piled, ...withoutLine(reports, hint)]
  return { ...last, leaks: leaks.toSorted((a, b) => b.count - a.count), pending: [], pooled: [], known: grown(last.known) }
}

/** How many survivors each site and each line had, report by report. */
class Histories {
  readonly #bySite: readonly ReadonlyMap<string, number>[]
  readonly #byLine: readonly ReadonlyMap<string, number>[]
  /** Lines of which a single site grows. */
  readonly #grownLines: ReadonlySet<string>

  constructor(reports: readonly Report[]) {
    this.#bySite = reports.map(report => survivorsOf(report, siteOf))
    this.#byLine = reports.map(report => survivorsOf(report, lineOf))
    this.#grownLines = new Set(allOf(reports.at(-1)!).filter(group => rises(this.ofSite(group))).map(lineOf))
  }

  ofSite(group: ReportGroup): readonly number[] {
    return this.#bySite.map(count => count.get(siteOf(group)) ?? 0)
  }

  /**
   * The history in which a group grows; null where it does not. Where no way to its line grows, the line itself may: another caller in
   * each round, a further attempt.
   */
  growing(group: ReportGroup): readonly number[] | null {
    const own = this.ofSite(group)
    const history = this.#grownLines.has(lineOf(group)) ? own : this.#byLine.map(count => count.get(lineOf(group)) ?? 0)
    return rises(history) && riseOf(own) > 0 ? history : null
  }
}

// All sites of what is open and has a descriptor, where these merely take the place of others that were open before anything was recorded, as in a cache
// that was full already: the kernel has no more than it had. Else none: which of them replaced what can't be told.
function replacingSites(reports: readonly Report[], histories: Histories): ReadonlySet<string> {
  const last = reports.at(-1)!
  const collected = new Set(last.leaks.filter(({ verdict }) => verdict === 'collected').map(siteOf))
  const open = new Map(allOf(last).filter(group => group.resources[0]?.fd !== null && !collected.has(siteOf(group))).map(group => [siteOf(group), group]))
  const risen = [...open.values()].reduce((sum, group) => sum + Math.max(0, riseOf(histories.ofSite(group))), 0)
  return risen <= replacedBetween(reports[0]!, last) ? new Set(open.keys()) : new Set()
}

// How many descriptors that were open before anything was recorded are gone; -1 where the kernel has more than it had, or is not asked.
function replacedBetween({ kernel: before }: Report, { kernel: after }: Report): number {
  if (before === null || after === null || after.open > before.open) return -1
  return (before.open - before.accounted) - (after.open - after.accounted)
}

/** Whether any site has more survivors than it had, or the kernel more descriptors that nothing explains. */
export function hasGrown(before: Report, after: Report): boolean {
  const counts = survivorsOf(before, siteOf)
  const isMore = [...survivorsOf(after, siteOf)].some(([site, count]) => count > (counts.get(site) ?? 0))
  return isMore || unexplained(after).length > unexplained(before).length
}

function allOf({ leaks, pending, pooled, known }: Report): readonly ReportGroup[] {
  return [...leaks, ...pending, ...pooled, ...known]
}

function survivorsOf(report: Report, keyOf: (group: ReportGroup) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const group of allOf(report)) {
    if (group.verdict === 'pending' && !isAwaited(group)) continue
    counts.set(keyOf(group), (counts.get(keyOf(group)) ?? 0) + group.count)
  }
  return counts
}

// Memory that waits for its collection comes and goes as the collector pleases. What somebody let go of goes on all the same: a socket has its descriptor, a
// child or thread runs.
function isAwaited(group: ReportGroup): boolean {
  const { nature = 'object', group: kind } = factsOf(knownType(group)) ?? {}
  return inFlight.has(nature) || nature === 'timer' || nature === 'file' || nature === 'thread' || group.type === 'PROCESSWRAP' || (kind === 'net' && group.resources[0]?.fd !== null)
}

// Whatever became of them: what the collector took counts on. Node's own frames at the far end of a stack tell by what the
// loop came back to the program, a timer in one round and a promise in the next.
function siteOf({ kind, type, site, chain: [link] }: ReportGroup): string {
  const server = link !== undefined && isServerType(link.type) ? positionsOf(link.site) : []
  return JSON.stringify([kind, type, positionsOf(site), server])
}

// As `siteOf`, whatever the way to it.
function lineOf({ kind, type, site, chain: [link] }: ReportGroup): string {
  const server = link !== undefined && isServerType(link.type) ? openingLine(link.site) : ''
  return JSON.stringify([kind, type, openingLine(site), server])
}

function positionsOf({ frames }: Site): readonly string[] {
  const own = frames.filter(({ file }) => file !== null && !isInternal(file))
  return own.map(({ function: name, file, line, column }) => `${name} ${file}:${line}:${column}`)
}

function riseOf(counts: readonly number[]): number {
  return counts.at(-1)! - counts[0]!
}

function rises(counts: readonly number[]): boolean {
  return counts.every((count, round) => round === 0 || count > counts[round - 1]!)
}

function told(counts: readonly number[]): string {
  const shown = counts.length <= countsShown ? counts : [...counts.slice(0, countsShown - lastShown), '...', ...counts.slice(-lastShown)]
  return `There were more after every round: ${shown.join(', ')}.`
}

function asLeak(group: ReportGroup, hint: Hint): ReportGroup {
  const advice = group.verdict === 'pooled' ? 'Make one agent and share it, or destroy each when it is done with.' : hint({ type: group.type, verdict: 'active', kind: group.kind, package: group.site.package })
  return { ...group, verdict: 'active', hint: advice }
}

function withoutLine(reports: readonly Report[], hint: Hint): readonly ReportGroup[] {
  const history = reports.map(report => unexplained(report).length)
  if (!rises(history)) return []
  const [first, last] = [reports[0]!, reports.at(-1)!]
  const resources = unexplained(last).filter(one => !holds(first, one)).map(one => described(one, reports))
  if (resources.length === 0) return []
  return [{
    fingerprint: fingerprint('fd', emptySite, { roots: [], process: last.process }),
    kind: 'fd',
    type: 'fd',
    verdict: 'active',
    reason: `The kernel lists them, and no line that opened them is known. ${told(history)}`,
    count: resources.length,
    hint: hint({ type: 'fd', verdict: 'active' }),
    site: emptySite,
    contrast: null,
    chain: [],
    resources,
  }]
}

interface Descriptor {
  readonly fd: number
  readonly target: string | null
}

function unexplained({ kernel }: Report): readonly Descriptor[] {
  return kernel?.unexplained ?? []
}

function holds(report: Report, { fd, target }: Descriptor): boolean {
  return unexplained(report).some(other => other.fd === fd && other.target === target)
}

// When it was opened is not known, but the first report that lists it is.
function described(descriptor: Descriptor, reports: readonly Report[]): ReportedResource {
  const openedAt = (reports.find(report => holds(report, descriptor)) ?? reports.at(-1)!).generatedAt
  const ageMs = Math.max(0, Date.parse(reports.at(-1)!.generatedAt) - Date.parse(openedAt))
  return { asyncId: null, triggerAsyncId: null, ...descriptor, name: null, scope: null, isAfterScope: false, ref: null, openedAt, ageMs }
}
