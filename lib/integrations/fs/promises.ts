import { whenDone } from '../taps/completion.ts'
import { type Handler, tapMethod } from '../taps/method.ts'
import type { Handlers } from './copy.ts'
import { followDir } from './dir.ts'
import type { End, FsTracking } from './fs-tracking.ts'
import { followIterator } from './iterators.ts'

/** Taps on the functions of a file system that return promises. */
export function promiseTaps(tracking: FsTracking): Handlers {
  const opened = (kind: string, follow: (object: object, end: End) => void): Handler => call => {
    const opening = tracking.begin(kind, call)
    return whenDone(call.args, call.proceed, (error, object) => {
      if (error === null) follow(object as object, tracking.open(opening, object as object))
      else tracking.abandon(opening)
    })
  }
  return new Map<string, Handler>([
    ['open', opened('fs.FileHandle', (handle, end) => followHandle(tracking, handle, end))],
    ['opendir', opened('fs.Dir', (dir, end) => followDir(tracking, dir, end))],
    ['watch', call => {
      const opening = tracking.begin('fs.Watcher', call)
      const iterator = call.proceed()
      // Nothing is watched before the first step.
      let end: End | null = null
      return followIterator(tracking, iterator, { began: () => { end ??= tracking.open(opening, null) }, ended: () => end?.() })
    }],
  ])
}

// Closed by itself or by a stream of it, or moved to another thread: it tells by an event, which nobody need listen to.
function followHandle(tracking: FsTracking, handle: object, end: End): void {
  tracking.attempt(() => {
    tapMethod(handle, 'close', ({ proceed }) => {
      const result = proceed()
      end()
      return result
    })
    tapMethod(handle, 'emit', ({ args, proceed }) => {
      if (args[0] === 'close') end()
      return proceed()
    })
  })
}
