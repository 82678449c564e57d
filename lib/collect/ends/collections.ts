import { FinalizationRegistry } from '../intrinsics.ts'

/** Tells, some time later, of what the garbage collector has taken. */
export class Collections<T> {
  #registry: FinalizationRegistry<T> | null

  constructor(onCollected: (held: T) => void, fault: (error: unknown) => void) {
    this.#registry = new FinalizationRegistry(held => {
      try {
        onCollected(held)
      } catch (error) {
        fault(error)
      }
    })
  }

  add(object: WeakKey, held: T): void {
    this.#registry?.register(object, held)
  }

  /**
   * Tells nothing any more. Of a registry that has something to tell when the process has ended, Node makes an error that nobody can
   * catch, and under `--abort-on-uncaught-exception` a core dump (22 to 26); one that is unreachable has nothing to tell.
   */
  end(): void {
    this.#registry = null
  }
}
