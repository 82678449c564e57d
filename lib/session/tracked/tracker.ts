import { emptySnapshot } from '../../collect/snapshot/empty.ts'
import { OpenTags } from '../../collect/tracked/open-tags.ts'
import { withTags } from '../../collect/tracked/resources.ts'
import { none, openTag, parentOf, requireTag, type Tag, type TagOptions, tagOptions } from '../../collect/tracked/tag.ts'
import { LeakwatchError, typeGiven } from '../../model/errors.ts'
import { plainPolicy } from '../../model/matcher.ts'
import type { Report } from '../../model/report.ts'
import { requireOptions } from '../../model/settings/values.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { report } from '../reports/reporting.ts'
import { threadTracking } from './tracking.ts'

/** Options of a tracker; all optional. */
export interface TrackerOptions {
  /**
   * Whether a misuse (closing twice, closing over open children, a child under a closed tag, a tag on a closed tracker) is
   * thrown as a LeakwatchError too, once it is recorded.
   * @defaultValue `false`
   */
  readonly strict?: boolean
}

/**
 * A tracker of one's own: what it tracks is in its own snapshots and reports alone. Needs no watch and no AsyncHook.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * const tracker = new Tracker('jobs')
 */
export class Tracker implements Disposable {
  readonly name: string
  readonly #tags: OpenTags

  constructor(name: string, options: TrackerOptions = {}) {
    requireTracker(name, options)
    const { tracking, tags, trackers } = threadTracking()
    this.name = name
    this.#tags = new OpenTags(tracking, { name, isStrict: options.strict === true, heir: tags.misuses })
    this.#tags.captureOwn(new.target)
    trackers.set(this, this.#tags)
  }

  /**
   * Tracks something on this tracker, as the function `track` does process-wide.
   * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
   * @example
   * const tag = tracker.track('job', { name: 'import' })
   */
  track(kind: string, options: TagOptions = none): Tag {
    requireTag(kind, options, tagOptions)
    const parent = parentOf(this.#tags, options)
    const raw = this.#tags.prepare()
    if (raw !== null) this.#tags.captureStackTrace(raw, this.track)
    return openTag(this.#tags, kind, options, parent, raw)
  }

  /** What is open on this tracker at this instant, as plain data (`leakwatch-snapshot/1`). */
  snapshot(): Snapshot {
    return withTags({ ...emptySnapshot(), mode: 'full' }, this.#tags)
  }

  /** Ends the tracking: the report tells what is still open, and what was misused. Nothing may be tracked after it. */
  close(): Report {
    this.#tags.closeOwn(this.close)
    return report(this.snapshot(), { reason: 'api', policy: plainPolicy })
  }

  // Twice is no misuse here: what was closed by hand may still leave its block.
  [Symbol.dispose](): void {
    if (!this.#tags.isClosed) this.#tags.closeOwn(this[Symbol.dispose])
  }
}

/** What a tracker keeps, for those that track on behalf of its user; null for what is no Tracker of whichever copy. */
export function tagsOf(tracker: unknown): OpenTags | null {
  return typeof tracker === 'object' && tracker !== null ? threadTracking().trackers.get(tracker) ?? null : null
}

function requireTracker(name: unknown, options: TrackerOptions): void {
  if (typeof name !== 'string' || name === '') {
    throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `A tracker wants a name, but was given ${typeGiven(name)}. Give for instance new Tracker('jobs').`)
  }
  requireOptions(options, ['strict'])
  if (options.strict === undefined || typeof options.strict === 'boolean') return
  throw new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', `Option 'strict' wants true or false, but was given ${typeof options.strict}.`)
}
