import { pathGiven } from '../../collect/ledger.ts'
import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import type { Tag } from '../../collect/tracked/tag.ts'
import { attempt } from '../taps/attempt.ts'
import { Deferred } from '../../session/tracked/deferred.ts'
import type { Call } from '../taps/method.ts'

/** Ends what it was made for, once. */
export type End = () => void

const nothing: End = () => {}

/** A call that may open something, and what it was given as it was made. */
export interface FsOpening {
  readonly deferred: Deferred
  readonly target: string | null
}

/** What is open of a wrapped file system. Nothing of it throws into the program. */
export class FsTracking {
  readonly #tags: OpenTags
  readonly #descriptors = new Map<unknown, End>()

  constructor(tags: OpenTags) {
    this.#tags = tags
  }

  /** A tag to be opened when the call has yielded what it opens; its site is the caller's. */
  begin(kind: string, { args: [path], below }: Pick<Call, 'args' | 'below'>): FsOpening | null {
    return this.attempt(() => ({ deferred: new Deferred(this.#tags, { kind, name: null, below }), target: targetOf(path) }))
  }

  /** Opens a tag for an object, which it does not keep alive. */
  open(opening: FsOpening | null, object: object | null): End {
    const tag = this.attempt<Tag | null>(() => opening === null ? null : opening.deferred.open({ object, ...opening.target === null ? {} : { target: opening.target } }))
    return tag === null ? nothing : () => { this.attempt(() => { if (tag.isOpen) tag.close() }) }
  }

  abandon(opening: FsOpening | null): void {
    this.attempt(() => opening?.deferred.abandon())
  }

  openDescriptor(opening: FsOpening | null, fd: unknown): void {
    // Whoever closed the number did so past this file system.
    this.endDescriptor(fd)
    this.#descriptors.set(fd, this.open(opening, null))
  }

  /** The number of something that is open already: what closes it is its end. */
  adoptDescriptor(fd: number, end: End): void {
    this.endDescriptor(fd)
    this.#descriptors.set(fd, end)
  }

  hasDescriptor(fd: unknown): boolean {
    return this.#descriptors.has(fd)
  }

  endDescriptor(fd: unknown): void {
    this.#descriptors.get(fd)?.()
    this.#descriptors.delete(fd)
  }

  /** What of ours fails ends the tracking, never the program's call. */
  attempt<T>(work: () => T): T | null {
    return attempt(this.#tags, 'a wrapped file system', work)
  }
}

function targetOf(path: unknown): string | null {
  return pathGiven(path) ?? (path instanceof URL ? path.href : null)
}
