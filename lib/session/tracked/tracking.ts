import { Object, WeakMap } from '../../collect/intrinsics.ts'
import { OpenTags } from '../../collect/tracked/open-tags.ts'
import { Tracking } from '../../collect/tracked/tracking.ts'
import { depthLimit } from '../../model/settings/settings.ts'
import { begunScopes } from './thread-scopes.ts'

// Raised whenever the shared shape changes: a copy of the package never uses a tracking that it does not understand.
const protocol = 1
const brand = Symbol.for('leakwatch.tracking')
const defaultDepth = 16

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

/** What this thread tracks; begun where nothing is yet. Where a copy of another version has begun, this one is on its own. */
export function threadTracking(): ThreadTracking {
  const found = begunTracking()
  if (found !== null) return found
  known = begin()
  if (!(brand in process)) Object.defineProperty(process, brand, { __proto__: null, value: known, configurable: true } as PropertyDescriptor)
  return known
}

/** What this thread tracks; null where nothing was tracked yet. */
export function begunTracking(): ThreadTracking | null {
  if (known !== null) return known
  const found = (process as { [brand]?: ThreadTracking })[brand]
  return known = found?.protocol === protocol ? found : null
}

function begin(): ThreadTracking {
  const tracking = new Tracking(depthOf(process.env))
  tracking.scopes = begunScopes()
  const tags = new OpenTags(tracking, { name: null, isStrict: false, heir: null })
  return { protocol, tracking, tags, trackers: new WeakMap() }
}

// What is wrong in the environment is named by `register`.
function depthOf({ LEAKWATCH, LEAKWATCH_DEPTH }: NodeJS.ProcessEnv): number {
  if (LEAKWATCH === 'count') return 0
  const depth = /^\d+$/.test(LEAKWATCH_DEPTH ?? '') ? Number(LEAKWATCH_DEPTH) : defaultDepth
  return depth <= depthLimit ? depth : defaultDepth
}
