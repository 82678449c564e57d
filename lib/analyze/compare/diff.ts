import type { Resource } from '../../model/resource.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { KeyIndex } from './key-index.ts'

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
  const earlier = [...before.resources, ...before.closing]
  const index = new KeyIndex(earlier)
  const closing = new Set(after.closing.map(({ key }) => key))
  const met = new Uint8Array(earlier.length)
  const survivors: Resource[] = []
  const kept: Resource[] = []
  for (const resource of after.resources) {
    if (closing.size > 0 && closing.has(resource.key)) continue
    const position = index.positionOf(resource.key)
    if (position === -1) survivors.push(resource)
    else {
      met[position] = 1
      kept.push(resource)
    }
  }
  return { survivors, gone: before.resources.filter((_, position) => met[position] === 0), kept }
}
