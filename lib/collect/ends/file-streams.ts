import { deref, WeakRef } from '../intrinsics.ts'
import { WeakMap } from '../own-collections.ts'
import { closesItself } from '../node-internals.ts'

/** The file streams that descriptors were opened by, by the opening and then by the descriptor. Keeps none of them alive. */
export class FileStreams {
  readonly #streams = new WeakMap<object, WeakRef<object>>()

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
