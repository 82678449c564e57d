// The entry to file systems: what is opened through a wrapped one is tracked by one tracker.
import { LeakwatchError } from '../model/errors.ts'
import { tagsOf, type Tracker } from '../session/tracked/tracker.ts'
import { callTaps } from './fs/callbacks.ts'
import { copy } from './fs/copy.ts'
import { FsTracking } from './fs/fs-tracking.ts'
import { promiseTaps } from './fs/promises.ts'
import { streamClasses } from './fs/streams.ts'

/**
 * A file system with the same API as the one that is given (node:fs, memfs, or a part such as `fs.promises`), whose
 * descriptors, FileHandles, Dirs, streams and watchers are tracked by that tracker alone. The one that is given stays as it is.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 * @example
 * const files = wrapFs(fs, tracker)
 */
export function wrapFs<F extends object>(fs: F, tracker: Tracker): F {
  if (typeof fs !== 'object' || fs === null) throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `wrapFs wants a file system, but was given ${fs === null ? 'null' : typeof fs}. Give node:fs or what has its methods.`)
  const tags = tagsOf(tracker)
  if (tags === null) throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', "wrapFs wants a tracker. Give what new Tracker('files') made.")
  const tracking = new FsTracking(tags)
  const promises: unknown = Reflect.get(fs, 'promises')
  // Without them it may be fs.promises itself.
  if (typeof promises !== 'object' || promises === null) return copy(fs, isOfPromises(fs) ? promiseTaps(tracking) : callTaps(tracking), {})
  return copy(fs, callTaps(tracking), { promises: copy(promises, promiseTaps(tracking), {}), ...streamClasses(tracking, fs) })
}

function isOfPromises(fs: object): boolean {
  return typeof Reflect.get(fs, 'open') === 'function' && typeof Reflect.get(fs, 'openSync') !== 'function'
}
