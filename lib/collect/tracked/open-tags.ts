import { LeakwatchError } from '../../model/errors.ts'
import type { MisuseCode } from '../../model/misuse.ts'
import { messageOf } from '../../model/text/misuse-words.ts'
import { deref, WeakRef } from '../intrinsics.ts'
import { Set } from '../own-collections.ts'
import type { Opening } from '../stacks/opening.ts'
import type { RawStack } from '../stacks/stack.ts'
import { Misuses } from './misuses.ts'
import { detailsOf, insert, openAt, openBelow, openChildren, remove, type TagEntry, tagEntry } from './tag-tree.ts'
import type { Tracking } from './tracking.ts'

const collectedLimit = 10_000

export interface OpenTagsOptions {
  readonly name: string | null
  /** Whether a misuse is thrown, once it is recorded. */
  readonly isStrict: boolean
  /** Keeps what is done wrong after the tracker was closed and has given its report; null for one that is never closed. */
  readonly heir: Misuses | null
}

/**
 * The open tags of one tracker, and what was done wrong to them. Nothing of it throws into the program unless it is strict.
 * `below` is the function of ours that the program called: stacks begin with its caller.
 */
export class OpenTags {
  readonly tracking: Tracking
  readonly misuses: Misuses
  readonly #isStrict: boolean
  readonly #heir: Misuses | null
  /** Stands for the tracker itself. */
  readonly #root: TagEntry
  #hasSentinel = false
  /** Types that were misused: where they are closed is captured from then on. */
  readonly #suspects = new Set<string>()
  #collected = 0

  constructor(tracking: Tracking, { name, isStrict, heir }: OpenTagsOptions) {
    const ordinal = tracking.nextOrdinal()
    this.tracking = tracking
    this.misuses = new Misuses(`${ordinal}.`)
    this.#isStrict = isStrict
    this.#heir = heir
    this.#root = tagEntry('Tracker', name, ordinal, tracking.afterMs())
    this.#root.state = 'open'
  }

  get isClosed(): boolean {
    return this.#root.state !== 'open'
  }

  /** Whether there is nothing to tell of. */
  get isEmpty(): boolean {
    return this.#root.newest === null && this.misuses.size + this.tracking.faults.length === 0
  }

  /** The open tags, parents before their children. */
  list(): readonly TagEntry[] {
    return openBelow(this.#root)
  }

  /** Keeps the site of the tracker itself, to be named when it is misused. */
  captureOwn(below: object): void {
    try {
      this.#root.stack = this.tracking.pending?.siteOf(below) ?? -1
    } catch (error) {
      this.tracking.fault('a tracker', error)
    }
  }

  /** A tag that is not open yet, with the stack of the call that it belongs to. */
  create(type: string, name: string | null, below: object): TagEntry {
    const raw = this.prepare()
    if (raw !== null) this.captureStackTrace(raw, below)
    return this.createAt(type, name, raw)
  }

  /** Where the public function that was called puts its caller's stack, with `captureStackTrace`; null where none is wanted. */
  prepare(): RawStack | null {
    try {
      const { isTracking, pending } = this.tracking
      return isTracking && pending !== null ? pending.stacks.prepare(pending.depth) : null
    } catch (error) {
      this.tracking.fault('the opening of a tag', error)
      return null
    }
  }

  get captureStackTrace(): (raw: RawStack, below: object) => void {
    return this.tracking.pending!.stacks.captureStackTrace
  }

  /** As `create`, with a stack that was captured already. */
  createAt(type: string, name: string | null, raw: RawStack | null): TagEntry {
    const { tracking } = this
    const entry = tagEntry(type, name, tracking.nextOrdinal(), tracking.afterMs())
    try {
      if (raw !== null) tracking.pending?.place(entry, raw)
      tracking.scopes?.attach(entry)
    } catch (error) {
      tracking.fault('the opening of a tag', error)
    }
    return entry
  }

  /** Opens a tag, under its parent if it has one. The collection of the object while the tag is open proves a leak. */
  open(entry: TagEntry, parent: TagEntry | null, object: object | null): void {
    if (!this.tracking.isTracking) return
    const isClosed = this.#root.state !== 'open'
    const misused = isClosed ? this.#root : parent !== null && parent.state === 'closed' ? parent : null
    const code = isClosed ? 'ERR_LEAKWATCH_TRACKER_CLOSED' : 'ERR_LEAKWATCH_PARENT_CLOSED'
    try {
      if (misused !== null) this.#record(code, misused, entry, [])
      // Whoever is thrown at gets no tag to close.
      if (!isClosed && !(misused !== null && this.#isStrict)) this.#insert(entry, openAt(parent) ?? this.#root, object)
    } catch (error) {
      this.tracking.fault('the opening of a tag', error)
      return
    }
    if (misused !== null) this.#throw(code, misused)
  }

  close(entry: TagEntry, below: object): void {
    if (entry.state === 'unopened' || !this.tracking.isTracking) return
    let code: MisuseCode | null
    try {
      code = entry.state === 'closed' ? this.#closeAgain(entry, below) : this.#close(entry, below)
    } catch (error) {
      this.tracking.fault('the closing of a tag', error)
      return
    }
    if (code !== null) this.#throw(code, entry)
  }

  /** Nothing may be opened from here on; what is open stays listed until it is closed. */
  closeOwn(below: object): void {
    const isAgain = this.#root.state !== 'open'
    try {
      if (isAgain) this.#closeAgain(this.#root, below)
      else this.#captureClosing(this.#root, below)
      this.#root.state = 'closed'
    } catch (error) {
      this.tracking.fault('the closing of a tracker', error)
      return
    }
    if (isAgain) this.#throw('ERR_LEAKWATCH_CLOSED_TWICE', this.#root)
  }

  #insert(entry: TagEntry, parent: TagEntry, object: object | null): void {
    insert(entry, parent)
    entry.state = 'open'
    if (object === null) return
    entry.object = new WeakRef(object)
    if (!this.#hasSentinel) this.#placeSentinel()
  }

  #close(entry: TagEntry, below: object): MisuseCode | null {
    const { details } = entry
    entry.state = 'closed'
    this.tracking.pending?.retire(entry)
    entry.object = null
    if (details !== null && details.collectedAfterMs !== -1) this.#collected--
    const children = entry.newest === null ? [] : openChildren(entry)
    if (children.length !== 0 || (this.#suspects.size !== 0 && this.#suspects.has(entry.type))) this.#captureClosing(entry, below)
    if (children.length !== 0) this.#record('ERR_LEAKWATCH_CHILDREN_OPEN', entry, null, children)
    remove(entry)
    return children.length === 0 ? null : 'ERR_LEAKWATCH_CHILDREN_OPEN'
  }

  #closeAgain(entry: TagEntry, below: object): MisuseCode {
    const second: Opening = { stack: this.tracking.pending?.siteOf(below) ?? -1 }
    this.#record('ERR_LEAKWATCH_CLOSED_TWICE', entry, second, [])
    return 'ERR_LEAKWATCH_CLOSED_TWICE'
  }

  #captureClosing(entry: TagEntry, below: object): void {
    detailsOf(entry).closed = { stack: this.tracking.pending?.siteOf(below) ?? -1 }
  }

  #record(code: MisuseCode, entry: TagEntry, second: Opening | null, children: readonly TagEntry[]): void {
    const { tracking } = this
    const siteOf = (opening: Opening | null | undefined) => opening ? tracking.pending?.intern(opening) ?? -1 : -1
    const misuses = this.#root.state === 'open' ? this.misuses : this.#heir ?? this.misuses
    this.#suspects.add(entry.type)
    misuses.add({
      code, kind: 'tracked', type: entry.type, name: entry.name, fd: null, isCertain: true,
      atMs: tracking.startedAtMs + tracking.afterMs(),
      opened: siteOf(entry), closed: siteOf(entry.details?.closed), second: siteOf(second),
      earlier: null, children: children.map(child => ({ type: child.type, site: siteOf(child) })),
    })
  }

  #throw(code: MisuseCode, { type, name }: TagEntry): void {
    if (this.#isStrict) throw new LeakwatchError(code, messageOf(code, type, name))
  }

  // Tells that the collector has run: one for all tags takes 150 bytes less of each than a registration of its own. It keeps no tracker.
  #placeSentinel(): void {
    this.#hasSentinel = true
    const self = new WeakRef(this)
    this.tracking.collections.add({}, () => {
      const tags = deref(self)
      if (tags !== undefined) tags.#onCollection()
    })
  }

  #onCollection(): void {
    this.#hasSentinel = false
    for (const entry of this.list()) {
      if (entry.object === null) continue
      if (deref(entry.object) === undefined) this.#collect(entry)
      else if (!this.#hasSentinel) this.#placeSentinel()
    }
  }

  // The tag stays open until somebody closes it: its object ended, not what it stands for.
  #collect(entry: TagEntry): void {
    entry.object = null
    detailsOf(entry).collectedAfterMs = this.tracking.afterMs()
    if (this.#collected < collectedLimit) {
      this.#collected++
      return
    }
    this.tracking.dropped++
    entry.state = 'unopened'
    remove(entry)
  }
}
