import { nowMs } from '../../model/clock.ts'
import { type Fault, faultOf } from '../../model/snapshot.ts'
import { Collections } from '../ends/collections.ts'
import type { Scopes } from './scopes.ts'
import { PendingStacks } from '../stacks/pending.ts'
import { Sites } from '../stacks/sites.ts'
import { StackCapture } from '../stacks/stack.ts'

/** What all trackers of a thread share: stacks, sites, clock, and the faults of ours that ended the tracking. */
export class Tracking {
  readonly sites = new Sites()
  readonly faults: Fault[] = []
  readonly startedAtMs: number
  isTracking = true
  /** Set from the first scope on. */
  scopes: Scopes | null = null
  /** Tags that could not be recorded because the program was out of stack, or no room was left. */
  dropped = 0
  /** For all trackers: a tracker's own would tell as the process ends. */
  readonly collections = new Collections<() => void>(run => run(), error => this.fault('collection', error))
  readonly #depth: number
  #pending: PendingStacks | null = null
  #ordinal = 0

  /** So many frames are kept of each stack; 0 captures none. */
  constructor(depth: number) {
    this.startedAtMs = this.#nowMs()
    this.#depth = depth
  }

  /** Made at the first opening: a realm for stacks costs milliseconds. */
  get pending(): PendingStacks | null {
    if (this.#depth === 0) return null
    return this.#pending ??= new PendingStacks(new StackCapture(), this.sites, this.#depth, (where, error) => this.fault(where, error))
  }

  get captured(): number {
    return this.#pending?.captured ?? 0
  }

  /** Nothing of the program runs after this. */
  end(): void {
    this.collections.end()
    this.#pending?.collections.end()
  }

  nextOrdinal(): number {
    return this.#ordinal++
  }

  /** Whole milliseconds since the tracking started. */
  afterMs(): number {
    return this.#nowMs() - this.startedAtMs
  }

  /** Our own failure: the tracking stops here, what was tracked stays, and the report is incomplete. */
  fault(where: string, error: unknown): void {
    if (error instanceof RangeError) {
      // The program is out of stack: it is about to learn that itself.
      this.dropped++
      return
    }
    this.isTracking = false
    this.faults.push(faultOf(where, error))
  }

  #nowMs(): number {
    try {
      return nowMs()
    } catch (error) {
      this.fault('clock', error)
      return 0
    }
  }
}
