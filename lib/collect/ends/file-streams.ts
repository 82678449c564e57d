import { deref, ownValue, WeakRef } from '../intrinsics.ts'
import type { Ledger } from '../ledger.ts'
import { WeakMap } from '../own-collections.ts'
import { isNativeHandle } from '../node-internals.ts'
import { closesItself, fileHandleOf, hasReadAll, isWritingOut } from './stream-internals.ts'
import { constructedBy, isPutOffInline, isToOpen, OtherCallbacks } from '../standby/node-calls.ts'

/**
 * The file streams that descriptors were opened by, by the opening and then by the descriptor, and those over descriptors and FileHandles that were there
 * already, by what they are made of. Keeps none of them alive.
 */
export class FileStreams {
  /** The newest pipe from a file to a stream: that of an answer of HTTP/2. */
  pipeId = -1
  readonly #ledger: Pick<Ledger, 'get'>
  readonly #streams = new WeakMap<object, WeakRef<object>>()
  readonly #others = new OtherCallbacks()

  constructor(ledger: Pick<Ledger, 'get'>) {
    this.#ledger = ledger
  }

  /** The file stream that is being constructed in this TickObject, and is to open its file; null for every other tick. */
  constructedIn(tick: object): object | null {
    const stream = constructedBy(tick, this.#others)
    if (stream === null || isToOpen(stream)) return stream
    const given = fileHandleOf(stream) ?? this.#descriptorOf(stream)
    if (given !== null) this.attach(given, stream)
    return null
  }

  /** Whether a function that stands where it is put off is put off to a tick or turn. */
  isPutOffInline(type: string, resource: object): boolean {
    return isPutOffInline(type, resource, this.#others)
  }

  /**
   * Whether a request reads a piece of a file for such a pipe, with nobody to be called back and so no end: it comes right after the pipe, or is one of an earlier piece, used
   * anew. If Node announces them otherwise: they are pending.
   */
  isPiece(asyncId: number, request: object): boolean {
    return asyncId === this.pipeId + 1 || !isNativeHandle(request)
  }

  attach(opening: object, stream: object): void {
    this.#streams.set(opening, new WeakRef(stream))
  }

  inherit(descriptor: object, opening: object): void {
    const stream = this.#streams.get(opening)
    if (stream !== undefined) this.#streams.set(descriptor, stream)
  }

  /** Whether the stream of a descriptor or FileHandle is about to close it. */
  isClosing(opened: object): boolean {
    const stream = this.#streamOf(opened)
    return stream !== undefined && (closesItself(stream) || hasReadAll(stream))
  }

  /** Whether the stream of a descriptor or FileHandle was ended, and has yet to write. */
  isWritingOut(opened: object): boolean {
    const stream = this.#streamOf(opened)
    return stream !== undefined && isWritingOut(stream)
  }

  #descriptorOf(stream: object): object | null {
    const fd = ownValue(stream, 'fd')
    return typeof fd === 'number' ? this.#ledger.get(fd) ?? null : null
  }

  #streamOf(opened: object): object | undefined {
    const stream = this.#streams.get(opened)
    return stream === undefined ? undefined : deref(stream)
  }
}
