import { WeakMap } from '../../collect/own-collections.ts'
import { OpenTags } from '../../collect/tracked/open-tags.ts'
import { Tracking } from '../../collect/tracked/tracking.ts'
import { depthLimit } from '../../model/settings/settings.ts'
import { begunTracking, keepTracking, type ThreadTracking } from './begun.ts'
import { begunScopes } from './thread-scopes.ts'

const defaultDepth = 16

/** What this thread tracks; begun where nothing is yet. */
export function threadTracking(): ThreadTracking {
  return begunTracking() ?? keepTracking(begin())
}

function begin(): Omit<ThreadTracking, 'protocol'> {
  const tracking = new Tracking(depthOf(process.env))
  tracking.scopes = begunScopes()
  const tags = new OpenTags(tracking, { name: null, isStrict: false, heir: null })
  return { tracking, tags, trackers: new WeakMap() }
}

// What is wrong in the environment is named by `register`.
function depthOf({ LEAKWATCH, LEAKWATCH_DEPTH }: NodeJS.ProcessEnv): number {
  if (LEAKWATCH === 'count') return 0
  const depth = /^\d+$/.test(LEAKWATCH_DEPTH ?? '') ? Number(LEAKWATCH_DEPTH) : defaultDepth
  return depth <= depthLimit ? depth : defaultDepth
}
