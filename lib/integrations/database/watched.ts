import { LeakwatchError } from '../../model/errors.ts'
import { isOff } from '../../session/loading/off.ts'

/** What follows one object until it is stopped. */
export interface Follower {
  stop(): void
}

/** The objects that one entry watches, each by a follower. */
export class Watched {
  readonly #followers = new WeakMap<object, Follower>()

  /**
   * The object, followed from here on unless leakwatch is off.
   *
   * @param follow Is handed what ends it, for an object that is at its own end
   * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` for another kind of object, or one that is watched already
   */
  add<T extends object>(object: T, methods: readonly string[], follow: (remove: () => void) => Follower): T {
    if (isOff(process.env)) return object
    const missing = typeof object !== 'object' || object === null ? 'object' : methods.find(name => typeof Reflect.get(object, name) !== 'function')
    if (missing !== undefined) {
      throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `What was given to be watched has no ${missing === 'object' ? 'methods' : `method '${missing}'`}. Give what the driver's own constructor or function returned.`)
    }
    if (this.#followers.has(object)) throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', 'It is watched already. Call unwatch() on it first.')
    this.#followers.set(object, follow(() => this.remove(object)))
    return object
  }

  remove(object: object): void {
    this.#followers.get(object)?.stop()
    this.#followers.delete(object)
  }
}
