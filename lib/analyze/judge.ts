// analyze: judges snapshots. It knows nothing but what they record: no process, no file, no clock, so that a snapshot
// read from disk is judged as it was where it was taken.
// Flow: snapshots -> diff -> blame -> classify -> match -> group (justify, fingerprint, contrast) -> judge: Report.

import { isoTime } from '../model/clock.ts'
import { grouped } from '../model/grouped.ts'
import { plainPolicy, type Policy } from '../model/matcher.ts'
import { reportSchema } from '../model/report.ts'
import type { Report, ReportReason } from '../model/report.ts'
import type { Resource } from '../model/resource.ts'
import { emptySite } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { isLeak } from '../model/verdict.ts'
import { aliveIn } from './alive.ts'
import { isOfProgram, originOf } from './blame.ts'
import { classify } from './classify.ts'
import { diff } from './compare/diff.ts'
import { group } from './group.ts'
import type { Hint, Judged } from './group.ts'
import { Matching } from './match.ts'
import { misusesSince } from './misuse.ts'

export interface JudgeOptions {
  /** What was open then is nobody's leak; null judges everything. */
  readonly since: Snapshot | null
  readonly reason: ReportReason
  /** Milliseconds since the Unix epoch. */
  readonly generatedAtMs: number
  /** By default nothing is matched, and no request is too old. */
  readonly policy?: Policy
  readonly hint?: Hint
}

export function judge(after: Snapshot, { since, reason, generatedAtMs, policy = plainPolicy, hint = noHint }: JudgeOptions): Report {
  const candidates = since === null ? after.resources : diff(since, after).survivors
  const matching = new Matching(policy, after)
  const judged = judgedOf(candidates, after, policy).filter(({ resource }) => !matching.isIgnored(resource))
  const borne = grouped(judged, ({ resource, verdict }) => isLeak(verdict) ? matching.knownFor(resource) ?? '' : '')
  const groups = group(borne.get('') ?? [], after, hint)
  const known = [...borne].filter(([why]) => why !== '')
    .flatMap(([why, some]) => group(some, after, hint).map(one => ({ ...one, reason: why })))
  const { process, complete, faults, dropped, kernel } = after
  return {
    schema: reportSchema,
    reason,
    generatedAt: isoTime(generatedAtMs),
    process,
    complete,
    faults,
    dropped,
    sampled: sampledSince(since, after),
    leaks: groups.filter(({ verdict }) => isLeak(verdict)),
    pending: groups.filter(({ verdict }) => verdict === 'pending'),
    pooled: groups.filter(({ verdict }) => verdict === 'pooled'),
    known,
    matchers: matching.uses,
    alive: reason === 'exit' || reason === 'crash' ? [] : aliveIn(after),
    misuses: misusesSince(since, after),
    baseline: null,
    kernel,
  }
}

// Of a recording that began since all is new.
function sampledSince(before: Snapshot | null, { sampled }: Snapshot): Snapshot['sampled'] {
  if (before === null || before.sampled.captured > sampled.captured || before.sampled.skipped > sampled.skipped) return sampled
  return { captured: sampled.captured - before.sampled.captured, skipped: sampled.skipped - before.sampled.skipped }
}

function judgedOf(candidates: readonly Resource[], after: Snapshot, { pendingAfterMs, isTest }: Policy): readonly Judged[] {
  const closing = new Set(after.closing.map(({ key }) => key))
  const ofRequests = filesOfRequests(after.resources.filter(({ isCounted }) => after.mode === 'count' || isCounted))
  const judged: Judged[] = []
  for (const resource of candidates) {
    if (!isOfProgram(resource, after)) continue
    const site = after.sites[originOf(resource, after)] ?? emptySite
    const isLate = pendingAfterMs !== null && after.takenAtMs - resource.openedAtMs > pendingAfterMs
    const verdict = classify(resource, { closing: closing.has(resource.key), isOfRequest: ofRequests.has(resource), isLate, isTest, site })
    if (verdict !== 'closing') judged.push({ resource, verdict })
  }
  return judged
}

// Where no stacks are kept nothing else tells which files `fs.promises.readFile` and its like have opened for themselves: the newest, one for each
// request in flight.
function filesOfRequests(resources: readonly Resource[]): ReadonlySet<Resource> {
  const requests = resources.filter(({ type }) => type === 'FSREQPROMISE').length
  const files = resources.filter(({ type }) => type === 'FILEHANDLE').toSorted((a, b) => b.openedAtMs - a.openedAtMs)
  return new Set(files.slice(0, requests))
}

function noHint(): string {
  return ''
}
