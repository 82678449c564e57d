import { deref, WeakRef } from '../intrinsics.ts'
import { WeakMap, WeakSet } from '../own-collections.ts'
import { closesItself } from '../node-internals.ts'
import { constructedBy } from '../standby/node-calls.ts'

// Node puts a handful of its own functions into ticks, over and over; what a program puts there may be another one each time.
const knownLimit = 64

/** The file streams that descriptors were opened by, by the opening and then by the descriptor. Keeps none of them alive. */
export class FileStreams {
  readonly #streams = new WeakMap<object, WeakRef<object>>()
  // The first that were met. To read the name of each takes ten times as long, several times with each HTTP request.
  readonly #known = new WeakSet()
  #knownCount = 0
  readonly #others = {
    has: (callback: object) => this.#known.has(callback),
    add: (callback: object) => {
      if (this.#knownCount++ < knownLimit) this.#known.add(callback)
    },
  }

  /** As `constructedBy`, for tick after tick. */
  constructedIn(tick: object): object | null {
    return constructedBy(tick, this.#others)
  }

  attach(opening: object, stream: object): void {
    this.#streams.set(opening, new WeakRef(stream))
  }

  inherit(descriptor: object, opening: object): void {
    const stream = this.#streams.get(opening)
    if (stream !== undefined) this.#streams.set(descriptor, stream)
  }

  /** Whether the stream that opened a descriptor is about to close it. */
  isClosing(descriptor: object): boolean {
    const stream = this.#streams.get(descriptor)
    const found = stream === undefined ? undefined : deref(stream)
    return found !== undefined && closesItself(found)
  }
}
