import type { Ownership } from '../ends/ownership.ts'
import { type Descriptor, pathGiven } from '../ledger.ts'
import type { RecorderParts } from '../standby/heard.ts'
import type { Opening } from '../stacks/opening.ts'

type Shared = 'afterMs' | 'causes' | 'crowded' | 'crowdedAt' | 'fault' | 'fileStreams' | 'held' | 'ledger' | 'origins' | 'pending' | 'scopes'

interface Recorded extends Pick<RecorderParts, Shared> {
  readonly ownership: Ownership
}

/** Puts what `fs.open` and `fs.openSync` give into the ledger. */
export class Openings {
  readonly #recorded: Recorded

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  /** `fs.openSync`, which is `below`, has given a descriptor. */
  openedSync(fd: number, path: unknown, below: object): void {
    const { causes, scopes, pending } = this.#recorded
    try {
      const descriptor = this.#enter(fd, pathGiven(path), this.#recorded.afterMs())
      causes?.attach(descriptor, null)
      scopes?.attach(descriptor)
      pending?.captureOpen(descriptor, below)
      this.#count()
    } catch (error) {
      this.#recorded.fault('fs.openSync', error)
    }
  }

  /** What `fs.open`, which is `below`, opens: its descriptor is yet to come. */
  begun(below: object): Opening {
    const { causes, scopes, pending, origins } = this.#recorded
    try {
      const expected = origins.takeExpected()
      if (expected !== null) return expected
      const opening = { stack: -1 }
      pending?.captureBrief(opening, below)
      causes?.attach(opening, null)
      scopes?.attach(opening)
      return opening
    } catch (error) {
      this.#recorded.fault('fs.open', error)
      return { stack: -1 }
    }
  }

  /** `fs.open` has given a descriptor. */
  opened(fd: number, path: string | null, afterMs: number, opening: Opening): void {
    const { causes, scopes, pending, fileStreams } = this.#recorded
    try {
      const descriptor = this.#enter(fd, path, afterMs)
      pending?.inherit(descriptor, opening)
      causes?.inherit(descriptor, opening)
      scopes?.inherit(descriptor, opening)
      fileStreams.inherit(descriptor, opening)
      this.#count()
    } catch (error) {
      this.#recorded.fault('fs.open', error)
    }
  }

  #enter(fd: number, path: string | null, afterMs: number): Descriptor {
    this.#recorded.ownership.reopened(fd)
    return this.#recorded.ledger.open(fd, path, afterMs)
  }

  #count(): void {
    if (this.#recorded.held >= this.#recorded.crowdedAt) this.#recorded.crowded()
  }
}
