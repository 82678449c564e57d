interface SampleOptions {
  /** So many, the first, are all taken. */
  readonly inFull: number
  /** Then one in so many, a power of two. */
  readonly interval: number
}

/** Numbers that nothing keeps in step with. Not Math.random, which the program may have made a sequence of its own. */
export class Random {
  #state = 0x9e3779b9

  /** A whole number of 32 bits. */
  next(): number {
    this.#state ^= this.#state << 13
    this.#state ^= this.#state >>> 17
    return this.#state ^= this.#state << 5
  }
}

/** A sample of what comes in a row: all at first, then one of each so many, at random, as at a fixed beat things that alternate would be told in step. */
export class Sample {
  readonly #inFull: number
  readonly #interval: number
  #met = 0
  #chosen = 0
  readonly #random = new Random()

  constructor({ inFull, interval }: SampleOptions) {
    this.#inFull = inFull
    this.#interval = interval
  }

  /** Whether none was passed over so far. */
  get isExact(): boolean {
    return this.#met <= this.#inFull
  }

  /** For how many the one that comes now stands: 0 for one that is passed over. */
  next(): number {
    this.#met++
    if (this.isExact) return 1
    const at = (this.#met - this.#inFull - 1) & (this.#interval - 1)
    if (at === 0) this.#chosen = this.#random.next() & (this.#interval - 1)
    return at === this.#chosen ? this.#interval : 0
  }
}
