import { nowMs } from '../../model/clock.ts'
import { describedResource, type Resource } from '../../model/resource.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { deref } from '../intrinsics.ts'
import type { OpenTags } from './open-tags.ts'
import type { TagEntry } from './tag-tree.ts'

/** The snapshot with what a tracker has: open tags and misuses, their sites behind those that are there. */
export function withTags(snapshot: Snapshot, tags: OpenTags): Snapshot {
  const { tracking, misuses } = tags
  const firstSite = snapshot.sites.length
  tracking.pending?.internAll()
  const resources = tags.list().map(entry => tagResource(tags, entry, firstSite))
  return {
    ...snapshot,
    complete: snapshot.complete && tracking.faults.length === 0,
    faults: [...snapshot.faults, ...tracking.faults],
    dropped: snapshot.dropped + tracking.dropped + tracking.sites.overflow + misuses.dropped,
    sampled: { captured: snapshot.sampled.captured + tracking.captured, skipped: snapshot.sampled.skipped },
    sites: [...snapshot.sites, ...tracking.sites.all],
    resources: [...snapshot.resources, ...resources],
    misuses: [...snapshot.misuses, ...misuses.list(firstSite)],
  }
}

function tagResource({ tracking }: OpenTags, entry: TagEntry, firstSite: number): Resource {
  const site = tracking.pending?.intern(entry) ?? -1
  return describedResource({
    kind: 'tracked', type: entry.type, key: `t${entry.ordinal}`,
    target: entry.details?.target ?? null, name: entry.name, scope: tracking.scopes?.of(entry) ?? null,
    openedAtMs: tracking.startedAtMs + entry.openedAfterMs, collectedAtMs: collectedAtMs(entry, tracking.startedAtMs),
    site: site === -1 ? -1 : site + firstSite,
  })
}

// An object that is gone, though its registration has not been called back yet, was collected.
function collectedAtMs({ details, object }: TagEntry, startedAtMs: number): number | null {
  if (details !== null && details.collectedAfterMs !== -1) return startedAtMs + details.collectedAfterMs
  return object !== null && deref(object) === undefined ? nowMs() : null
}
