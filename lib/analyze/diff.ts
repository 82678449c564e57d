import type { Resource } from '../model/resource.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** Two snapshots compared. What somebody is closing is no survivor, and is gone if it was there before. */
export interface Diff {
  /** Only after. */
  readonly survivors: readonly Resource[]
  /** Only before. */
  readonly gone: readonly Resource[]
  /** In both, as they are after. */
  readonly kept: readonly Resource[]
}

export function diff(before: Snapshot, after: Snapshot): Diff {
  const earlier = keysOf(before.resources)
  for (const resource of before.closing) earlier.add(resource.key)
  const closing = keysOf(after.closing)
  const survivors: Resource[] = []
  const kept: Resource[] = []
  for (const resource of after.resources) {
    if (closing.has(resource.key)) continue
    const side = earlier.has(resource.key) ? kept : survivors
    side.push(resource)
  }
  const later = keysOf(kept)
  return { survivors, gone: before.resources.filter(resource => !later.has(resource.key)), kept }
}

function keysOf(resources: readonly Resource[]): Set<string> {
  const keys = new Set<string>()
  for (const resource of resources) keys.add(resource.key)
  return keys
}
