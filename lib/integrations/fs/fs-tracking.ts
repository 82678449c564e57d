import { fileURLToPath } from 'node:url'
import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import type { Tag } from '../../collect/tracked/tag.ts'
import { attempt } from '../taps/attempt.ts'
import { Deferred } from '../../session/tracked/deferred.ts'

/** Ends what it was made for, once. */
export type End = () => void

const nothing: End = () => {}

/** What is open of a wrapped file system. Nothing of it throws into the program. */
export class FsTracking {
  readonly #tags: OpenTags
  readonly #descriptors = new Map<unknown, End>()

  constructor(tags: OpenTags) {
    this.#tags = tags
  }

  /** A tag to be opened when the call has yielded what it opens; its site is the caller's. */
  begin(kind: string, below: object): Deferred | null {
    return this.attempt(() => new Deferred(this.#tags, { kind, name: null, below }))
  }

  /** Opens a tag for an object, which it does not keep alive. */
  open(opening: Deferred | null, path: unknown, object: object | null): End {
    const tag = this.attempt<Tag | null>(() => opening?.open({ object, ...targetOf(path) }) ?? null)
    return tag === null ? nothing : () => { this.attempt(() => { if (tag.isOpen) tag.close() }) }
  }

  abandon(opening: Deferred | null): void {
    this.attempt(() => opening?.abandon())
  }

  openDescriptor(opening: Deferred | null, fd: unknown, path: unknown): void {
    // Whoever closed the number did so past this file system.
    this.endDescriptor(fd)
    this.#descriptors.set(fd, this.open(opening, path, null))
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

function targetOf(path: unknown): { readonly target?: string } {
  if (typeof path === 'string') return { target: path }
  if (Buffer.isBuffer(path)) return { target: path.toString() }
  if (path instanceof URL) return { target: path.protocol === 'file:' ? fileURLToPath(path) : path.href }
  return {}
}
