import { FinalizationRegistry } from '../own-collections.ts'

/** Tells, some time later, of what the garbage collector has taken. */
export class Collections<T> {
  #finalization: FinalizationRegistry<T> | null

  constructor(onCollected: (held: T) => void, fault: (error: unknown) => void) {
    this.#finalization = new FinalizationRegistry(held => {
      try {
        onCollected(held)
      } catch (error) {
        fault(error)
      }
    })
  }

  add(object: WeakKey, held: T): void {
    this.#finalization?.register(object, held)
  }

  /**
   * Tells nothing any more. Where a FinalizationRegistry has something to tell when the process has ended, Node aborts it
   * under `--abort-on-uncaught-exception` (20 to 26); one that is unreachable has nothing to tell.
   */
  end(): void {
    this.#finalization = null
  }
}
