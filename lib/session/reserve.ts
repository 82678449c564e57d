import { closeSync, devNull, fstatSync, openSync } from '../collect/taps/untapped.ts'

/** A descriptor of ours, and the file by which it is known. */
interface Held {
  readonly fd: number
  readonly dev: number
  readonly ino: number
}

/**
 * One descriptor kept back from the start, so that a report can still open what it needs, one file at a time, when the
 * program has used up every other. A program that closes all numbers, as a daemon does, closes this one too, and may get its number for
 * a file of its own: it is known by the file that it leads to, which is one of ours. Nothing of it throws.
 */
export class Reserve {
  readonly #isHeld: boolean
  #held: Held | null = null

  /** @param isHeld False in a Worker, whose descriptors are those of the process, which holds one */
  constructor(isHeld: boolean) {
    this.#isHeld = isHeld
    this.refill()
  }

  /** The number that is ours; null where none is held. */
  get fd(): number | null {
    if (this.#held !== null && !isStill(this.#held)) this.#held = null
    return this.#held?.fd ?? null
  }

  release(): void {
    const { fd } = this
    this.#held = null
    try {
      if (fd !== null) closeSync(fd)
    } catch {
      // The number is free all the same.
    }
  }

  /** Takes a descriptor again, if one can be had. */
  refill(): void {
    if (this.#isHeld && this.fd === null) this.#held = holding(import.meta.filename) ?? holding(devNull)
  }
}

function isStill({ fd, dev, ino }: Held): boolean {
  try {
    const found = fstatSync(fd)
    return found.dev === dev && found.ino === ino
  } catch {
    return false
  }
}

// Null where none is left: the report goes to standard error without excerpts.
function holding(path: string): Held | null {
  try {
    const fd = openSync(path, 'r')
    const { dev, ino } = fstatSync(fd)
    return { fd, dev, ino }
  } catch {
    return null
  }
}
