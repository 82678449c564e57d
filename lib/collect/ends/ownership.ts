import { LeakwatchError } from '../../model/errors.ts'
import type { Misuse, MisuseCode } from '../../model/misuse.ts'
import { isStandard } from '../../model/resource.ts'
import type { Ownership as Level } from '../../model/settings/settings.ts'
import { messageOf } from '../../model/text/misuse-words.ts'
import { Map, WeakSet } from '../own-collections.ts'
import type { Descriptor, Ledger } from '../ledger.ts'
import type { NativeHandle } from '../node-internals.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'
import { fstatSync } from '../taps/untapped.ts'
import { type Misdeed, Misuses } from '../tracked/misuses.ts'

const numberLimit = 65_536

interface Recorded {
  readonly table: Table
  readonly ledger: Ledger
  readonly pending: PendingStacks | null
  readonly startedAtMs: number
  readonly events: { look<T>(at: () => T): T }
  afterMs(): number
  siteOf(entry: Entry): number
}

/** Where a number was opened and closed, -1 where that is not known. */
interface Life {
  readonly opened: number
  readonly closed: number
}

/** A number that is closed, as far as was seen. */
interface Closed extends Life {
  readonly path: string | null
  /** What the number was before that. */
  readonly earlier: Life | null
}

/**
 * Who closes and uses integer descriptors that are not theirs. A number is given out again as soon as it is free: the second
 * close of one, or a write to it, hits whoever got it next, and the first that anybody hears of it is EBADF, elsewhere.
 * Nothing is looked at while all goes well: only where a number is closed or used that the ledger does not hold.
 */
export class Ownership {
  level: Level = 'off'
  readonly misuses = new Misuses('m')
  /** Told of each misuse when it is first met, from within the call of the program; it must not throw. */
  onFirst: ((misuse: Misuse) => void) | null = null
  readonly #recorded: Recorded
  readonly #closed = new Map<number, Closed>()
  readonly #earlier = new Map<number, Closed>()
  readonly #robbed = new WeakSet<Entry>()

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  /** A number was closed by its number. */
  closed(fd: number, path: string | null, opened: number, closed: number): void {
    if (this.level === 'off' || (this.#closed.size === numberLimit && !this.#closed.has(fd))) return
    this.#closed.set(fd, { path, opened, closed, earlier: lifeOf(this.#earlier.get(fd)) })
    this.#earlier.delete(fd)
  }

  /** Whether somebody closed a number that this owns: what has the number now is not its. */
  isRobbed(owner: Entry): boolean {
    return this.#robbed.has(owner)
  }

  /** A number that was closed was given out again. */
  reopened(fd: number): void {
    const life = this.#closed.get(fd)
    if (life === undefined) return
    this.#closed.delete(fd)
    this.#earlier.set(fd, life)
  }

  /** A number that Node had for the time of one call is closed as it was before. */
  passed(fd: number): void {
    const life = this.#earlier.get(fd)
    if (life === undefined) return
    this.#earlier.delete(fd)
    this.#closed.set(fd, life)
  }

  /**
   * What is wrong with closing a number, `below` being the function that was called to: null where nothing is, or where it is not
   * to be thrown.
   */
  checkClose(fd: unknown, descriptor: Descriptor | null, below: object): LeakwatchError | null {
    if (!this.#isLooking(fd) || (descriptor !== null && !descriptor.isClosing)) return null
    const owner = descriptor === null ? this.#recorded.events.look(() => this.#ownerOf(fd)) : null
    if (owner !== null) {
      const { type } = owner.facts
      const opened = this.#recorded.siteOf(owner)
      const earlier = lifeOf(this.#closed.get(fd) ?? this.#earlier.get(fd))
      if (this.level !== 'throw') this.#robbed.add(owner)
      return this.#tell('ERR_LEAKWATCH_FOREIGN_CLOSE', { fd, type, path: owner.details?.target ?? null, opened, closed: -1, earlier, isCertain: true }, below)
    }
    // A number that is open, and was not seen to be opened, may well be the caller's.
    if (descriptor === null && isOpen(fd)) return null
    const closed = this.#closed.get(fd)
    return this.#tell('ERR_LEAKWATCH_CLOSED_TWICE', { fd, type: 'fd', ...closed ?? unseen, isCertain: closed !== undefined }, below)
  }

  /** What is wrong with using a number, as `checkClose`. */
  checkUse(fd: unknown, below: object): LeakwatchError | null {
    if (!this.#isLooking(fd) || !this.#closed.has(fd)) return null
    if (isOpen(fd)) {
      this.reopened(fd)
      return null
    }
    return this.#tell('ERR_LEAKWATCH_USED_AFTER_CLOSE', { fd, type: 'fd', ...this.#closed.get(fd)!, isCertain: true }, below)
  }

  /** A descriptor that the ledger holds turned out to be closed: by somebody who was not seen. */
  wasClosedUnseen(descriptor: Descriptor, below: object): LeakwatchError | null {
    const { fd, path } = descriptor
    if (!this.#isLooking(fd)) return null
    const opened = this.#recorded.pending?.intern(descriptor) ?? -1
    return this.#tell('ERR_LEAKWATCH_CLOSED_TWICE', { fd, type: 'fd', path, opened, closed: -1, earlier: lifeOf(this.#earlier.get(fd)), isCertain: false }, below)
  }

  #isLooking(fd: unknown): fd is number {
    return this.level !== 'off' && typeof fd === 'number' && !isStandard(fd)
  }

  #ownerOf(fd: number): Entry | null {
    for (const entry of this.#recorded.table.values()) {
      const { nature, type } = entry.facts
      const isOwner = type === 'FILEHANDLE' || nature === 'handle'
      if (isOwner && entry.state === 'open' && (resourceOf(entry) as NativeHandle | undefined)?.fd === fd) return entry
    }
    return null
  }

  #tell(code: MisuseCode, misused: Closed & Pick<Misdeed, 'type' | 'isCertain'> & { readonly fd: number }, below: object): LeakwatchError | null {
    const { fd, type, path, opened, closed, earlier, isCertain } = misused
    const { pending, startedAtMs } = this.#recorded
    const second = pending?.siteOf(below) ?? -1
    const isFirst = this.misuses.add({
      code, kind: type === 'fd' ? 'fd' : 'async', type, name: path, fd, atMs: startedAtMs + this.#recorded.afterMs(),
      isCertain, opened, closed, second, earlier, children: [],
    })
    if (isFirst) this.onFirst?.(this.misuses.list(0).at(-1)!)
    return this.level === 'throw' ? new LeakwatchError(code, messageOf(code, `File descriptor ${fd}`, path)) : null
  }
}

const unseen: Closed = { path: null, opened: -1, closed: -1, earlier: null }

function lifeOf(closed: Closed | undefined): Life | null {
  return closed === undefined ? null : { opened: closed.opened, closed: closed.closed }
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBADF'
  }
}
