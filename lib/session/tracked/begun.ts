import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import type { Tracking } from '../../collect/tracked/tracking.ts'
import type { WeakMap } from '../../collect/own-collections.ts'

// Raised whenever the shared shape changes: a copy of the package never uses a tracking that it does not understand.
export const protocol = 1
export const brand = Symbol.for('leakwatch.tracking')

/** What is tracked in this thread, by whichever copy of the package. */
export interface ThreadTracking {
  readonly protocol: number
  readonly tracking: Tracking
  /** The process-wide tracker. */
  readonly tags: OpenTags
  /** Those of other trackers, by the Tracker that its user holds: it may be of another copy of the package. */
  readonly trackers: WeakMap<object, OpenTags>
}

let known: ThreadTracking | null = null

/** What this thread tracks; null where nothing was tracked yet. */
export function begunTracking(): ThreadTracking | null {
  if (known !== null) return known
  const found = (process as { [brand]?: ThreadTracking })[brand]
  return known = found?.protocol === protocol ? found : null
}

/** Has `begunTracking` return it. */
export function keepTracking(begun: ThreadTracking): ThreadTracking {
  return known = begun
}
