import { knownType, type Nature, types } from '../model/resource.ts'
import type { Resource } from '../model/resource.ts'
import type { Site } from '../model/site.ts'
import type { Verdict } from '../model/verdict.ts'

interface Circumstances {
  /** Whether `close()` was called on it. */
  readonly closing: boolean
  /** The site that answers for it. */
  readonly site: Site
}

/**
 * What a resource is judged to be. What the collector did is history, whatever else is known, and goes first.
 */
export function classify(resource: Resource, { closing, site }: Circumstances): Verdict {
  if (resource.collectedAtMs !== null) return 'collected'
  if (closing) return 'closing'
  if (resource.pool !== null) return 'pooled'
  if (isOpenedForItself(resource, site)) return 'pending'
  return endsByItself(resource) ? 'pending' : 'active'
}

const selfEnding: ReadonlySet<Nature> = new Set(['request', 'job', 'exchange'])

function endsByItself(resource: Resource): boolean {
  const { recurring, ref } = resource
  const nature = types.get(knownType(resource))?.nature ?? 'object'
  // Memory alone, as whatever a newer Node adds may be, unless it keeps the event loop alive.
  if (nature === 'object') return ref !== true
  return selfEnding.has(nature) || recurring === false
}

// `fs.promises.readFile` and its like open a FileHandle that they close themselves when they are done; the program gets
// to see those alone that it asked `open` for. So does `zlib.gzip` with a callback or a promise: it ends its own stream.
function isOpenedForItself({ type }: Resource, { frames, user }: Site): boolean {
  if (type === 'ZLIB') return frames.slice(0, user).some(called => called.file === 'node:zlib' && called.function === 'asyncBufferWrapper')
  const called = frames[user - 1]
  return type === 'FILEHANDLE' && called?.file === 'node:internal/fs/promises' && called.function !== 'open'
}
