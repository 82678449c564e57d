import type { LeakError } from '../../model/errors.ts'
import { collectedHandleOf } from '../../session/moments/crash.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import type { Runnable } from './mocha-model.ts'

/** What nobody caught between a test and the hooks around it, where Mocha would give up the whole run. */
export class LateErrors {
  #errors: Error[] = []

  readonly add = (error: Error): void => {
    this.#errors.push(error)
  }

  /** Keeps what nobody catches once a test has passed, and before its hooks begin. */
  hold(test: Runnable): void {
    const { add } = this
    let done = test.callback
    let isAsked = false
    const { clearTimeout, isPassed } = test
    const own = {
      // The first that Mocha does about such an error; then it asks whether the test has passed, in which case it gives up.
      clearTimeout() {
        isAsked = test.state === 'passed'
        if (isAsked) void Promise.resolve().then(() => { isAsked = false })
        Reflect.apply(clearTimeout, test, [])
      },
      isPassed: () => !isAsked && Reflect.apply(isPassed, test, []) as boolean,
      get callback() { return test.state === 'passed' ? add : done },
      set callback(callback: Runnable['callback']) { done = callback },
    }
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(own))) Object.defineProperty(test, name, { ...descriptor, enumerable: false })
  }

  /** What nobody caught before a wait or during it, and what the wait is for where that is all. */
  async orLeak(wait: () => Promise<LeakError | null>): Promise<Error | null> {
    const leaked = await wait()
    const uncaught = this.#errors
    this.#errors = []
    uncaught.forEach(hideOwnFrames)
    // That the collector took what has leaked says less than where it was opened.
    return leaked !== null && uncaught.every(error => collectedHandleOf(error) !== null) ? leaked : uncaught[0] ?? null
  }
}
