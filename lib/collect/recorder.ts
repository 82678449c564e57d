import { type AsyncHook, createHook } from 'node:async_hooks'
import { nowMs } from '../model/clock.ts'
import { isOutOfDescriptors } from '../model/errors.ts'
import { type Fault, faultOf } from '../model/snapshot.ts'
import { isEntry, isOfNode, siteOf } from './snapshot/attribution.ts'
import { notePeers } from './snapshot/peers.ts'
import { Causes } from './causes.ts'
import { Endings } from './ends/endings.ts'
import { LetGo } from './ends/let-go.ts'
import { Ownership } from './ends/ownership.ts'
import { HookEvents } from './hook-events.ts'
import type { Heard } from './standby/heard.ts'
import { withoutPromises } from './standby/hook-options.ts'
import type { Wanted } from './standby/wanted.ts'
import { Set } from './own-collections.ts'
import { Ledger } from './ledger.ts'
import { Lifecycle } from './lifecycle.ts'
import { Origins } from './origin.ts'
import type { Opening } from './stacks/opening.ts'
import { PendingStacks } from './stacks/pending.ts'
import { Sites } from './stacks/sites.ts'
import { type Entry, Table } from './table.ts'
import { FileStreams } from './ends/file-streams.ts'
import { Closings } from './taps/closings.ts'
import type { Messages } from './taps/messages.ts'
import { Openings } from './taps/openings.ts'
import { UndiciRequests } from './taps/undici.ts'
import { closeSync, devNull, openSync } from './taps/untapped.ts'
import type { StackCapture } from './stacks/stack.ts'
import type { Scopes } from './tracked/scopes.ts'

/** What a recorder is made with: what there was before it. */
export interface Beginnings extends Heard {
  /** Whether hooks are told of promises although they asked not to be (before 24.14, 25.6). */
  readonly hasPromises: boolean
  readonly messages: Messages
  readonly stacks: StackCapture
  readonly faults: Fault[]
  /** Takes back the taps. */
  untap(): void
}

// Frames kept of a closing stack.
const closingDepth = 4

// Node's own, between a call of crypto.subtle and its job, which is told from one that is done at once by nothing else (26).
const promisingFunction = 'jobPromise'

/** Records the life of resources: one per thread. It never throws into the program: a fault stops it. */
export class Recorder {
  readonly table = new Table()
  readonly ledger = new Ledger()
  readonly sites = new Sites()
  readonly endings = new Endings()
  readonly ownership = new Ownership(this)
  readonly faults: Fault[]
  readonly origins: Origins
  readonly lifecycle: Lifecycle
  readonly startedAtMs = nowMs()
  pending: PendingStacks | null = null
  causes: Causes | null = null
  /** Set from the first scope on. */
  scopes: Scopes | null = null
  readonly fileStreams = new FileStreams(this.ledger)
  readonly letGo = new LetGo()
  readonly openings = new Openings(this)
  readonly closings = new Closings(this)
  readonly undici = new UndiciRequests(this)
  /** How many resources and descriptors are held when `onCrowded` is called: few descriptors may be left. */
  crowdedAt = Infinity
  /** Returns false to be called again at the next callback. */
  onCrowded: () => boolean = () => true
  /** Called when a call fails for want of descriptors. */
  onRefused: () => void = () => {}
  /** The types that are recorded. */
  types: ReadonlySet<string> = new Set()
  isRecording = true
  /** Openings that could not be recorded because the program was out of stack. */
  dropped = 0
  readonly events: HookEvents
  readonly #beginnings: Beginnings
  readonly #hook: AsyncHook

  constructor(beginnings: Beginnings) {
    this.#beginnings = beginnings
    this.faults = beginnings.faults
    this.origins = new Origins(beginnings)
    this.lifecycle = new Lifecycle({
      table: this.table,
      origins: this.origins,
      afterMs: () => this.afterMs(),
      isRecording: () => this.isRecording,
      fault: (where, error) => this.fault(where, error),
      siteOf: entry => this.siteOf(entry),
      noteEnd: (entry, below) => void this.noteEnd(entry, below),
      isPromised: entry => this.sites.isReachedThrough(siteOf(this, entry), promisingFunction),
      onHandleClose: fd => this.ledger.close(fd),
      onShutdown: returned => this.events.streamRequests.onShutdown(returned),
    })
    this.events = new HookEvents(this, beginnings)
    // Not `destroy`: requests end at `before` and handles at their closers, long before it. It makes Node keep a list of all that ends, and
    // where promises are announced V8 track the end of each (up to 11 × the awaits, 20 and 22).
    const { init, before } = this.events
    this.#hook = createHook({ init, before, ...withoutPromises })
  }

  start(): void {
    this.#hook.enable()
    this.undici.start()
  }

  /** Records what is wanted from here on; what was recorded stays. */
  heed({ types, depth, budget, ownership, chain }: Wanted): void {
    this.types = types
    if (depth > 0) {
      this.pending ??= new PendingStacks(this.#beginnings.stacks, this.sites, depth, (where, error) => this.fault(where, error), [...this.ledger.values(), ...this.table.values()])
      this.pending.want(depth, budget)
    } else {
      // Raw stacks are not to be kept.
      this.pending?.internAll()
      this.pending?.collections.end()
      this.pending = null
    }
    if (!chain) {
      this.causes?.stop()
      this.causes = null
    } else if (this.pending !== null) this.causes ??= new Causes(this.#beginnings.hasPromises)
    this.ownership.level = ownership
  }

  /** Whole milliseconds since the recorder started. */
  afterMs(): number {
    try {
      return nowMs() - this.startedAtMs
    } catch (error) {
      this.fault('clock', error)
      return 0
    }
  }

  /** The site that is shown for a resource. */
  siteOf(entry: Entry): number {
    return siteOf(this, entry)
  }

  /** Notes that an opening ends by the caller of `below`, whose site it returns; -1 where this end is passed over. */
  noteEnd(opening: Opening, below: object): number {
    const weight = this.pending === null ? 0 : this.endings.nextWeight()
    if (weight === 0 || this.pending?.sampling.takesEnd(opening) !== true) return -1
    const closed = this.pending.siteOf(below, closingDepth)
    if (isEntry(opening)) this.endings.add(opening.facts.type, siteOf(this, opening), closed, weight)
    else this.endings.add('fd', this.pending.intern(opening), closed, weight)
    return closed
  }

  /** Our own failure: recording stops here, what was recorded stays, and the report is incomplete. */
  fault(where: string, error: unknown): void {
    if (error instanceof RangeError) {
      // The program is out of stack: it is about to learn that itself.
      this.dropped++
      return
    }
    try {
      this.faults[this.faults.length] = faultOf(where, error)
      this.stop()
    } catch {
      // The program has replaced what taking back the taps calls: they are inert all the same.
    }
  }

  /** Ends what is over, though nothing announced it. */
  sweep(): void {
    this.lifecycle.sweepRequests()
    this.table.sweep(entry => this.lifecycle.isDead(entry))
  }

  /** Whether nothing is held but what Node opened for itself, and nothing else was met that could be told of. */
  isEmpty(): boolean {
    this.sweep()
    if (this.table.collected.length + this.ledger.size + this.ownership.misuses.size + this.faults.length > 0) return false
    for (const entry of this.table.values()) if (!isOfNode(this, entry)) return false
    return true
  }

  /** How many resources and descriptors are held. */
  get held(): number {
    return this.table.size + this.ledger.size
  }

  /** As many are held as somebody wants to know of. False where it was not the time to look. */
  crowded(): boolean {
    try {
      return this.onCrowded()
    } catch (error) {
      this.fault('limit', error)
      return true
    }
  }

  /**
   * A call failed; some fail for want of a descriptor.
   * @param error Null where it was not caught
   */
  failed(error: unknown): void {
    if (!this.isRecording || !isOutOfDescriptors(error ?? openingError())) return
    try {
      this.onRefused()
    } catch (fault) {
      this.fault('limit', fault)
    }
  }

  /** The event loop is over; listeners of `exit` are still to come. */
  ending(): void {
    try {
      this.letGo.note(this.table, this.afterMs())
      if (this.table.has('TCPWRAP')) notePeers()
    } catch (error) {
      this.fault('exit', error)
    }
  }

  /** No callback of the program runs after this. */
  end(): void {
    this.lifecycle.collections.end()
    this.pending?.collections.end()
  }

  stop(): void {
    if (!this.isRecording) return
    this.isRecording = false
    this.#hook.disable()
    this.#beginnings.untap()
    this.undici.stop()
    this.end()
    this.lifecycle.stop()
    this.origins.stop()
    this.causes?.stop()
  }
}

// What the system answers to the opening of a file; null where it opens.
function openingError(): unknown {
  try {
    closeSync(openSync(devNull, 'r'))
    return null
  } catch (error) {
    return error
  }
}
