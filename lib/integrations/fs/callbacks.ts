import { whenDone } from '../taps/completion.ts'
import type { Handler } from '../taps/method.ts'
import type { Handlers } from './copy.ts'
import { followDir } from './dir.ts'
import type { FsOpening, FsTracking } from './fs-tracking.ts'
import { followStream } from './streams.ts'
import { StatWatchers, followWatcher } from './watchers.ts'

/** Taps on the functions of a file system that call back or return at once. */
export function callTaps(tracking: FsTracking): Handlers {
  const watchers = new StatWatchers(tracking)
  const opened = (kind: string, follow: (object: any, opening: FsOpening | null) => void): Handler => call => {
    const opening = tracking.begin(kind, call)
    return whenDone(call.args, call.proceed, (error, object) => {
      if (error === null) follow(object, opening)
      else tracking.abandon(opening)
    })
  }
  const made = (kind: string, follow: (object: any, opening: FsOpening | null) => void): Handler => call => {
    const object = call.proceed()
    follow(object, tracking.begin(kind, call))
    return object
  }
  const descriptor = (fd: unknown, opening: FsOpening | null) => tracking.openDescriptor(opening, fd)
  const dir = (object: object, opening: FsOpening | null) => followDir(tracking, object, tracking.open(opening, object))
  const stream = (kind: string): Handler => call => {
    const object = call.proceed()
    followStream(tracking, object, kind, call)
    return object
  }
  // Closed or not (EIO), the number is free, unless it was no number.
  const closing: Handler = ({ args, proceed }) => {
    let isRefused = false
    try {
      return proceed()
    } catch (error) {
      isRefused = String((error as Partial<NodeJS.ErrnoException> | null)?.code).startsWith('ERR_')
      throw error
    } finally {
      if (!isRefused) tracking.endDescriptor(args[0])
    }
  }
  return new Map<string, Handler>([
    ['open', opened('fs.Descriptor', descriptor)],
    ['openSync', made('fs.Descriptor', descriptor)],
    ['close', closing],
    ['closeSync', closing],
    ['opendir', opened('fs.Dir', dir)],
    ['opendirSync', made('fs.Dir', dir)],
    ['createReadStream', stream('fs.ReadStream')],
    ['createWriteStream', stream('fs.WriteStream')],
    ['watch', made('fs.Watcher', (object, opening) => followWatcher(tracking, object, tracking.open(opening, object)))],
    ['watchFile', made('fs.StatWatcher', (object, opening) => watchers.follow(object, opening))],
    ['unwatchFile', ({ proceed }) => {
      const result = proceed()
      watchers.look()
      return result
    }],
  ])
}
