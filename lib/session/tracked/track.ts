import { none, openTag, parentOf, requireTag, type Tag, type TagOptions, tagOptions } from '../../collect/tracked/tag.ts'
import { threadTracking } from './tracking.ts'

/**
 * Tracks something from here on, until its tag is closed: while it is open it is in the snapshots, diffs and reports of this
 * thread as kind `tracked`, its type the kind that is given, its site the caller. Needs no watch; costs a stack.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * using tag = track('lock', { name: 'orders' })
 */
export function track(kind: string, options: TagOptions = none): Tag {
  requireTag(kind, options, tagOptions)
  const { tags } = threadTracking()
  const parent = parentOf(tags, options)
  const raw = tags.prepare()
  if (raw !== null) tags.captureStackTrace(raw, track)
  return openTag(tags, kind, options, parent, raw)
}
