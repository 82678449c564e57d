import { closeSync, openSync } from '../collect/taps/untapped.ts'

// As node:os has it, which is not loaded for that alone.
const devNull = process.platform === 'win32' ? '\\\\.\\nul' : '/dev/null'

/**
 * One descriptor kept back from the start, so that a report can still open what it needs, one file at a time, when the
 * program has used up every other.
 */
export class Reserve {
  /** The numbers that are ours. */
  readonly fds = new Set<number>()

  readonly #isHeld: boolean

  /** Holds one where it is to. */
  constructor(isHeld: boolean) {
    this.#isHeld = isHeld
    this.refill()
  }

  release(): void {
    for (const fd of this.fds) closeSync(fd)
    this.fds.clear()
  }

  /** Takes a descriptor again, if one can be had. */
  refill(): void {
    if (!this.#isHeld || this.fds.size > 0) return
    try {
      this.fds.add(openSync(devNull, 'r'))
    } catch {
      // None is left: the report goes to standard error without excerpts.
    }
  }
}
