import { whenDone } from '../taps/completion.ts'
import { tapMethod } from '../taps/method.ts'
import type { FsTracking } from './fs-tracking.ts'

export interface Steps {
  /** Before each step. */
  readonly began: () => void
  readonly ended: () => void
}

/** The iterator, followed to its last step, its return or its error. */
export function followIterator<T extends object>(tracking: FsTracking, iterator: T, { began, ended }: Steps): T {
  tracking.attempt(() => {
    tapMethod(iterator, 'next', ({ args, proceed }) => {
      began()
      return whenDone(args, proceed, (error, result) => {
        if (error !== null || (result as IteratorResult<unknown>).done === true) ended()
      })
    })
    for (const name of ['return', 'throw']) {
      tapMethod(iterator, name, ({ proceed }) => {
        const result = proceed()
        ended()
        return result
      })
    }
  })
  return iterator
}
