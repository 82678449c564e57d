import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import type { Call, Handler } from '../taps/method.ts'
import type { Handlers } from './copy.ts'
import { followDir } from './dir.ts'
import type { FsTracking } from './fs-tracking.ts'
import { followStream } from './streams.ts'
import { StatWatchers, followWatcher } from './watchers.ts'

/** Taps on the functions of a file system that call back or return at once. */
export function callTaps(tracking: FsTracking): Handlers {
  const watchers = new StatWatchers(tracking)
  const opened = (kind: string, follow: (object: any, call: Call, opening: Deferred | null) => void): Handler => call => {
    const opening = tracking.begin(kind, call.below)
    return whenDone(call.args, call.proceed, (error, object) => {
      if (error === null) follow(object, call, opening)
      else tracking.abandon(opening)
    })
  }
  const made = (kind: string, follow: (object: any, call: Call, opening: Deferred | null) => void): Handler => call => {
    const object = call.proceed()
    follow(object, call, tracking.begin(kind, call.below))
    return object
  }
  const descriptor = (fd: unknown, { args }: Call, opening: Deferred | null) => tracking.openDescriptor(opening, fd, args[0])
  const dir = (object: object, { args }: Call, opening: Deferred | null) => followDir(tracking, object, tracking.open(opening, args[0], object))
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
    ['watch', made('fs.Watcher', (object, { args }, opening) => followWatcher(tracking, object, tracking.open(opening, args[0], object)))],
    ['watchFile', made('fs.StatWatcher', (object, { args }, opening) => watchers.follow(object, args[0], opening))],
    ['unwatchFile', ({ proceed }) => {
      const result = proceed()
      watchers.look()
      return result
    }],
  ])
}
