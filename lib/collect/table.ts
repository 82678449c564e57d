import { deref, WeakRef } from './intrinsics.ts'
import { Map } from './own-collections.ts'
import type { Opening } from './stacks/opening.ts'
import type { TypeFacts } from '../model/type-table.ts'

/** What is known of few resources alone, so that the others need no room for it. */
export interface Details {
  target: string | null
  /** The descriptor that a file had; null where it is not known. */
  fd: number | null
  /** When the collector was seen to have closed it; -1 before. */
  collectedAfterMs: number
}

/**
 * A live async resource. A libuv handle is held as it is: Node itself keeps it until it is closed. What ends by
 * collection is held by a WeakRef, a request not at all: nothing of the program is kept alive.
 */
export interface Entry extends Opening {
  readonly facts: TypeFacts
  asyncId: number
  triggerAsyncId: number
  /** Milliseconds since the recorder started; of a socket from a pool, since when the request that holds it has it. */
  openedAfterMs: number
  readonly resource: object | null
  /** Where its origin is found when its own stack has no frame of the program: the server that accepted it, a carrier. */
  parent: Opening | null
  /** `closing` between the call of close and its completion, `ended` once it is gone. */
  state: 'open' | 'closing' | 'ended'
  details: Details | null
}

/** The resource of an entry, undefined where none is held or the collector has taken it. */
export function resourceOf({ resource }: Entry): object | undefined {
  return resource instanceof WeakRef ? deref(resource as WeakRef<object>) : resource ?? undefined
}

const collectedLimit = 10_000

/** Live async resources by asyncId. Requests leave it when they complete, everything else when it is closed. */
export class Table {
  readonly #entries = new Map<number, Entry>()
  readonly #collected: Entry[] = []
  #sweepAt = 4_096
  /** Resources closed by the collector that found no room. */
  dropped = 0

  get size(): number {
    return this.#entries.size
  }

  get(asyncId: number): Entry | undefined {
    return this.#entries.get(asyncId)
  }

  values(): IterableIterator<Entry> {
    return this.#entries.values()
  }

  /** Whether there is a resource of that type. */
  has(type: string): boolean {
    for (const { facts } of this.#entries.values()) if (facts.type === type) return true
    return false
  }

  get collected(): readonly Entry[] {
    return this.#collected
  }

  /** True when so much has come since the last sweep that the entries should be asked whether they still live. */
  add(entry: Entry): boolean {
    this.#entries.set(entry.asyncId, entry)
    return this.#entries.size >= this.#sweepAt
  }

  /** Forgets a resource; its stack is dropped unread. */
  end(entry: Entry): void {
    entry.state = 'ended'
    entry.stack = -1
    this.#entries.delete(entry.asyncId)
  }

  /** Takes an entry out for a moment; `add` puts it back. */
  hide(entry: Entry): void {
    this.#entries.delete(entry.asyncId)
  }

  /** A pooled socket that was taken again is the same socket under a new asyncId. */
  rename(entry: Entry, asyncId: number): void {
    this.#entries.delete(entry.asyncId)
    entry.asyncId = asyncId
    this.#entries.set(asyncId, entry)
  }

  /** Keeps what the garbage collector closed apart: its end is a leak, not an end of life. */
  collect(entry: Entry, afterMs: number): void {
    this.#entries.delete(entry.asyncId)
    if (this.#collected.length === collectedLimit) {
      this.dropped++
      return
    }
    entry.details = { target: entry.details?.target ?? null, fd: entry.details?.fd ?? null, collectedAfterMs: afterMs }
    this.#collected[this.#collected.length] = entry
  }

  /** Ends each entry that is found dead. Doubles the mark, so that sweeping stays linear over time. */
  sweep(isDead: (entry: Entry) => boolean): void {
    for (const entry of this.#entries.values()) if (isDead(entry)) this.end(entry)
    this.#sweepAt = Math.max(4_096, this.#entries.size * 2)
  }
}
