import { isoTime } from '../model/clock.ts'
import type { Misuse, ReportedMisuse } from '../model/misuse.ts'
import type { Site } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { hintOf, reasonOf } from '../model/text/misuse-words.ts'

/** The misuses of a snapshot, of those that an earlier one counts already but what came since; the commonest first. */
export function misusesSince(before: Snapshot | null, after: Snapshot): readonly ReportedMisuse[] {
  const earlier = new Map(before?.misuses.map(misuse => [misuse.key, misuse]))
  return after.misuses
    .map(misuse => since(misuse, earlier.get(misuse.key)))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count || a.firstAtMs - b.firstAtMs)
    .map(misuse => described(misuse, after.sites))
}

function since(misuse: Misuse, earlier: Misuse | undefined): Misuse {
  if (earlier === undefined) return misuse
  const children = misuse.children.map((child, index) => ({ ...child, count: child.count - (earlier.children[index]?.count ?? 0) }))
  return { ...misuse, count: misuse.count - earlier.count, children: children.filter(({ count }) => count > 0) }
}

function described(misuse: Misuse, all: readonly Site[]): ReportedMisuse {
  const { code, kind, type, name, fd, count, firstAtMs, isCertain, sites, earlier, children } = misuse
  const at = (site: number) => all[site] ?? null
  return {
    code, kind, type, name, fd, count, firstAt: isoTime(firstAtMs), isCertain,
    reason: reasonOf(misuse),
    hint: hintOf(code),
    sites: { opened: at(sites.opened), closed: at(sites.closed), second: at(sites.second) },
    earlier: earlier === null ? null : { opened: at(earlier.opened), closed: at(earlier.closed) },
    children: children.map(child => ({ ...child, site: at(child.site) })),
  }
}
