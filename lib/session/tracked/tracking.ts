import { Object } from '../../collect/intrinsics.ts'
import { WeakMap } from '../../collect/own-collections.ts'
import { OpenTags } from '../../collect/tracked/open-tags.ts'
import { Tracking } from '../../collect/tracked/tracking.ts'
import { depthLimit } from '../../model/settings/settings.ts'
import { begunTracking, brand, keepTracking, protocol, type ThreadTracking } from './begun.ts'
import { begunScopes } from './thread-scopes.ts'

const defaultDepth = 16

/** What this thread tracks; begun where nothing is yet. Where a copy of another version has begun, this one is on its own. */
export function threadTracking(): ThreadTracking {
  const found = begunTracking()
  if (found !== null) return found
  const begun = keepTracking(begin())
  if (!(brand in process)) Object.defineProperty(process, brand, { __proto__: null, value: begun, configurable: true } as PropertyDescriptor)
  return begun
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
