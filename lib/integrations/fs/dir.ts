import { tapMethod } from '../taps/method.ts'
import type { End, FsTracking } from './fs-tracking.ts'
import { followIterator } from './iterators.ts'

const closers: readonly PropertyKey[] = ['close', 'closeSync', Symbol.dispose, Symbol.asyncDispose]

/** A Dir to its end, which is also that of the loop over it. */
export function followDir(tracking: FsTracking, dir: object, end: End): void {
  tracking.attempt(() => {
    for (const name of closers) {
      tapMethod(dir, name, ({ proceed }) => {
        const result = proceed()
        end()
        return result
      })
    }
    for (const name of ['entries', Symbol.asyncIterator]) {
      tapMethod(dir, name, ({ proceed }) => followIterator(tracking, proceed(), { began: () => {}, ended: end }))
    }
  })
}
