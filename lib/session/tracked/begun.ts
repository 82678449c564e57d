import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import type { Tracking } from '../../collect/tracked/tracking.ts'
import type { WeakMap } from '../../collect/own-collections.ts'
import { InCommon } from '../in-common.ts'

/** What is tracked in this thread, by whichever copy of the package. */
export interface ThreadTracking {
  readonly protocol: number
  readonly tracking: Tracking
  /** The process-wide tracker. */
  readonly tags: OpenTags
  /** Those of other trackers, by the Tracker that its user holds: it may be of another copy of the package. */
  readonly trackers: WeakMap<object, OpenTags>
}

const protocol = 1
const common = new InCommon<ThreadTracking>('leakwatch.tracking', protocol)

/** What this thread tracks; null where nothing was tracked yet. */
export function begunTracking(): ThreadTracking | null {
  return common.get()
}

/** Has `begunTracking` return it. Where a copy of another version has begun, this one is on its own. */
export function keepTracking(begun: Omit<ThreadTracking, 'protocol'>): ThreadTracking {
  return common.keep({ protocol, ...begun })
}
