import { types } from '../model/resource.ts'
import type { Resource } from '../model/resource.ts'
import type { Verdict } from '../model/verdict.ts'

/**
 * What a resource is judged to be; `closing` tells that `close()` was called on it. What the collector did is history,
 * whatever else is known, and goes first.
 */
export function classify(resource: Resource, { closing }: { readonly closing: boolean }): Verdict {
  if (resource.collectedAtMs !== null) return 'collected'
  if (closing) return 'closing'
  if (resource.pool !== null) return 'pooled'
  return types.get(resource.type)?.nature === 'request' ? 'pending' : 'active'
}
