import { Deferred } from '../../session/tracked/deferred.ts'
import type { Tag } from '../../collect/tracked/tag.ts'
import { tagsOf } from '../../session/tracked/tracker.ts'
import { threadTracking } from '../../session/tracked/tracking.ts'
import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import { type Lent, Loans, sayHeld, sayReturned } from './loans.ts'
import { attempt } from '../taps/attempt.ts'
import { type DatabaseOptions, requireDatabaseOptions } from './settings.ts'

/** A tag of something lent, and the loan. */
export interface Borrowed {
  readonly tag: Tag | null
  readonly lent: Lent
}

/**
 * What the taps on one database object, and on what it opens, have in common: where they track, whom they tell, and which
 * function of it the program has called. Nothing of it throws into the program.
 */
export class Watching {
  readonly #tags: OpenTags
  readonly #name: DatabaseOptions['name']
  readonly #loans: Loans
  #outermost: object | null = null

  constructor(options: DatabaseOptions) {
    requireDatabaseOptions(options)
    const { tracker, name, heldMs = null, onHeld = sayHeld, onReturned = sayReturned } = options
    this.#tags = (tracker === undefined ? null : tagsOf(tracker)) ?? threadTracking().tags
    this.#name = name
    this.#loans = new Loans({ heldMs, onHeld, onReturned })
  }

  /** A tag to be opened later; its site is that of the call that the program has made. Null after a fault of ours. */
  begin(kind: string, below: object): Deferred | null {
    const outermost = this.#outermost
    // What is called from here on may be the program again, by a callback.
    this.#outermost = null
    return this.attempt(() => new Deferred(this.#tags, { kind, name: this.nameNow(), below: outermost ?? below }))
  }

  lend(kind: string, opening: Deferred, parent: Tag | null): Borrowed | null {
    return this.attempt(() => ({ tag: opening.open({ parent }), lent: this.#loans.lend(kind, this.nameNow(), opening) }))
  }

  takeBack({ tag, lent }: Borrowed): void {
    this.attempt(() => {
      this.#loans.takeBack(lent)
      tag?.close()
    })
  }

  /** What of ours fails ends the tracking, never the program's call. */
  attempt<T>(work: () => T): T | null {
    return attempt(this.#tags, 'a watched database', work)
  }

  /** Calls a method of a driver that opens something by calling another one, tapped too: the site is that of `below`'s caller. */
  within<T>(below: object, call: () => T): T {
    const before = this.#outermost
    this.#outermost = before ?? below
    try {
      return call()
    } finally {
      this.#outermost = before
    }
  }

  nameNow(): string | null {
    if (typeof this.#name !== 'function') return this.#name ?? null
    try {
      const name: unknown = this.#name()
      return typeof name === 'string' ? name : null
    } catch {
      return null
    }
  }
}
