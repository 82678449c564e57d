import { isoTime } from '../model/clock.ts'
import { grouped } from '../model/grouped.ts'
import type { ReportedResource, ReportGroup } from '../model/report.ts'
import type { Resource } from '../model/resource.ts'
import { emptySite } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { type Advised, isLeak, type ReportedVerdict } from '../model/verdict.ts'
import { acceptedBy, originOf } from './blame.ts'
import { Contrasts } from './contrast.ts'
import { fingerprint } from './fingerprint.ts'
import { justify } from './justify.ts'

const detailedLimit = 50

export interface Judged {
  readonly resource: Resource
  readonly verdict: ReportedVerdict
}

/** What to do about resources. */
export type Hint = (advised: Advised) => string

/**
 * Judged resources by verdict, type and init stack, the largest group first. Every resource is counted; the oldest
 * ones alone are described.
 */
export function group(judged: readonly Judged[], snapshot: Snapshot, hint: Hint): readonly ReportGroup[] {
  const lots = [...grouped(judged, one => identity(one, snapshot)).values()].map(lot => lot.sort(older))
  lots.sort((a, b) => b.length - a.length || older(a[0]!, b[0]!))
  const contrasts = new Contrasts(snapshot)
  return lots.map(lot => describe(lot, snapshot, contrasts, hint))
}

// Sockets that were accepted by a hundred servers of one line have one cause; other links tell of the oldest alone.
function identity({ resource, verdict }: Judged, snapshot: Snapshot): string {
  const server = acceptedBy(resource)
  const chain = server === null ? '' : `${server.type}@${server.site}`
  return `${verdict} ${resource.pool} ${resource.waitsFor} ${resource.recurring} ${resource.kind} ${resource.type} ${originOf(resource, snapshot)} ${chain}`
}

function older(a: Judged, b: Judged): number {
  return a.resource.openedAtMs - b.resource.openedAtMs
}

function describe(judged: readonly Judged[], snapshot: Snapshot, contrasts: Contrasts, hint: Hint): ReportGroup {
  const { resource: oldest, verdict } = judged[0]!
  const resources = judged.map(({ resource }) => resource)
  const site = snapshot.sites[originOf(oldest, snapshot)] ?? emptySite
  return {
    fingerprint: fingerprint(oldest.type, site, snapshot),
    kind: oldest.kind,
    type: oldest.type,
    verdict,
    reason: justify(verdict, resources),
    count: resources.length,
    hint: hint({ type: oldest.type, verdict, kind: oldest.kind, isAccepted: acceptedBy(oldest) !== null, package: site.package }),
    site,
    contrast: isLeak(verdict) ? contrasts.of(oldest.type, site) : null,
    chain: oldest.chain.map(link => ({ ...link, site: snapshot.sites[link.site] ?? emptySite })),
    resources: resources.slice(0, detailedLimit).map(resource => detail(resource, snapshot)),
  }
}

function detail(resource: Resource, snapshot: Snapshot): ReportedResource {
  const { asyncId, triggerAsyncId, fd, target, name, scope, ref, openedAtMs } = resource
  const openedAt = isoTime(openedAtMs)
  const ageMs = Math.max(0, snapshot.takenAtMs - openedAtMs)
  return {
    asyncId, triggerAsyncId, fd, target, name, scope: scope?.name ?? null, isAfterScope: scope?.isAfter ?? false, ref, openedAt, ageMs,
  }
}
