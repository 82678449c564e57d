import { LeakwatchError } from '../../model/errors.ts'
import type { Resource } from '../../model/resource.ts'
import { type Snapshot, snapshotSchema } from '../../model/snapshot.ts'
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

/**
 * Compares two snapshots of a thread, fresh ones or such as were saved as JSON.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where either is none
 */
export function diff(before: Snapshot, after: Snapshot): Diff {
  requireSnapshot('first', before)
  requireSnapshot('second', after)
  const earlier = [...before.resources, ...before.closing]
  const index = new KeyIndex(earlier)
  const closing = new Set(after.closing.map(({ key }) => key))
  const met = new Uint8Array(earlier.length)
  const survivors: Resource[] = []
  const kept: Resource[] = []
  for (const resource of after.resources) {
    if (closing.size > 0 && closing.has(resource.key)) continue
    const position = index.positionOf(resource.key)
    // A recording that began since numbers as the one before it did.
    if (position === -1 || earlier[position]!.openedAtMs !== resource.openedAtMs) survivors.push(resource)
    else {
      met[position] = 1
      kept.push(resource)
    }
  }
  return { survivors, gone: before.resources.filter((_, position) => met[position] === 0), kept }
}

function requireSnapshot(which: string, given: unknown): void {
  const { schema, resources, closing } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Snapshot>
  if (schema === snapshotSchema && Array.isArray(resources) && Array.isArray(closing)) return
  throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `diff() wants two snapshots (${snapshotSchema}), but its ${which} argument is ${String(schema ?? typeof given)}. Give what snapshot() returned.`)
}
