import { closeSync, devNull, openSync } from '../collect/taps/untapped.ts'

/**
 * One descriptor kept back from the start, so that a report can still open what it needs, one file at a time, when the
 * program has used up every other.
 */
export class Reserve {
  /** The number that is ours; null where none is held. */
  fd: number | null = null
  readonly #isHeld: boolean

  /** Holds one where it is to. */
  constructor(isHeld: boolean) {
    this.#isHeld = isHeld
    this.refill()
  }

  release(): void {
    if (this.fd !== null) closeSync(this.fd)
    this.fd = null
  }

  /** Takes a descriptor again, if one can be had. */
  refill(): void {
    if (!this.#isHeld || this.fd !== null) return
    try {
      this.fd = openSync(devNull, 'r')
    } catch {
      // None is left: the report goes to standard error without excerpts.
    }
  }
}
