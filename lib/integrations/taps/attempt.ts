import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import { isLeakwatchError } from '../../model/errors.ts'

/**
 * What some work of ours yields; null where it fails, which ends the tracking and never the program's call. What a strict
 * tracker throws is recorded by then, and does not make a call to a driver fail.
 */
export function attempt<T>(tags: OpenTags, where: string, work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (!isLeakwatchError(error)) tags.tracking.fault(where, error)
    return null
  }
}
