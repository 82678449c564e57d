import type { EventEmitter } from 'node:events'
import { tapMethod } from '../taps/method.ts'
import type { End, FsOpening, FsTracking } from './fs-tracking.ts'

/** A watcher until it is closed, by whomever: an error and an aborted signal close it too, and are told by an event. */
export function followWatcher(tracking: FsTracking, watcher: object, end: End): void {
  tracking.attempt(() => {
    tapMethod(watcher, 'close', ({ proceed }) => {
      const result = proceed()
      end()
      return result
    })
    tapMethod(watcher, 'emit', ({ args, proceed }) => {
      if (args[0] === 'close' || args[0] === 'error') end()
      return proceed()
    })
  })
}

/** What watchFile watches: one watcher a file, until its last listener is gone. */
export class StatWatchers {
  readonly #tracking: FsTracking
  readonly #watchers = new Map<EventEmitter, End>()

  constructor(tracking: FsTracking) {
    this.#tracking = tracking
  }

  follow(watcher: EventEmitter, opening: FsOpening | null): void {
    if (this.#watchers.has(watcher)) this.#tracking.abandon(opening)
    else this.#watchers.set(watcher, this.#tracking.open(opening, null))
  }

  /** Ends those that nobody listens to any more. */
  look(): void {
    for (const [watcher, end] of this.#watchers) {
      if (watcher.listenerCount('change') > 0) continue
      this.#watchers.delete(watcher)
      end()
    }
  }
}
