import { Collections } from '../ends/collections.ts'
import { Map, WeakMap, WeakSet } from '../own-collections.ts'
import { walkerOf } from '../standby/node-calls.ts'
import { isCalledByPackage, nearFrames } from '../standby/program-calls.ts'
import { scriptsOf } from './callers.ts'
import { type Opening, skipped, typeOf } from './opening.ts'
import { type RunningRequest, RunningRequests } from './running-requests.ts'
import { Sample } from './sample.ts'
import { Sampling } from './sampling.ts'
import { openFrames } from './scripts.ts'
import type { Sites } from './sites.ts'
import type { Callers, RawStack, StackCapture } from './stack.ts'

/** As `openFrames`, for requests: 2 at fs.stat. */
const requestFrames = 2
const turnCapacity = 64
const ringCapacity = 128
const putOffCapacity = 256

/**
 * Raw stacks between capture and interning. Reading a stack costs as much as capturing it, and most requests are over
 * before anybody asks, so reading is put off, within bounds: what stays open is interned at the next callback of the
 * program, a request when 128 newer ones have come, and all of them at a snapshot and whenever the garbage
 * collector has run. A raw stack never outlives two major collections, and no object of the program with it.
 */
export class PendingStacks {
  captured = 0
  /** Frames kept of each stack. */
  depth: number
  readonly stacks: StackCapture
  readonly sampling = new Sampling()
  readonly #sites: Sites
  readonly #turn: Opening[] = []
  readonly #ring: (Opening | null)[] = new Array(ringCapacity).fill(null)
  #ringAt = 0
  readonly collections: Collections<null>
  readonly #requests = new RunningRequests()
  /** Of what was put off to a later tick or turn, by asyncId. */
  readonly #putOffStacks = new Map<number, RawStack | number>()
  // Some programs put off everything.
  readonly #sample = new Sample({ inFull: 4_096, interval: 16 })
  readonly #walks = new WeakMap<object, number>()
  #hasSentinel = false
  /** What was counted before stacks were captured. */
  readonly #counted = new WeakSet<Opening>()

  /** @param counted What is open already */
  constructor(stacks: StackCapture, sites: Sites, depth: number, fault: (where: string, error: unknown) => void, counted: readonly Opening[] = []) {
    for (let index = 0; index < counted.length; index++) if (counted[index]!.stack === -1) this.#counted.add(counted[index]!)
    this.stacks = stacks
    this.#sites = sites
    this.depth = depth
    this.collections = new Collections(() => {
      this.#hasSentinel = false
      this.internAll()
    }, error => fault('stacks', error))
  }

  /** From here on so many frames of each stack are kept, and stacks take that share of one core at most; Infinity captures each. */
  want(depth: number, budget: number): void {
    this.depth = depth
    this.sampling.want(budget)
  }

  /** Whether a resource was counted, before stacks were captured or since its own was skipped: that it has none says nothing of who opened it. */
  isCounted(opening: Opening): boolean {
    return opening.stack === skipped || this.#counted.has(opening)
  }

  /** Whether something waits for the next callback of the program. */
  get hasTurn(): boolean {
    return this.#turn.length !== 0
  }

  /** Captures for something that stays open: interned at the next callback, unless it was closed by then. */
  captureOpen(opening: Opening, below: object): void {
    if (!this.sampling.takes(opening)) return
    this.captured++
    const raw = this.stacks.prepare(this.depth + openFrames)
    this.stacks.captureStackTrace(raw, below)
    raw.callers = this.#requests.current()
    opening.stack = raw
    this.sampling.spent(typeOf(opening))
    if (this.#turn.length === turnCapacity) this.internTurn()
    this.#turn[this.#turn.length] = opening
  }

  /** Captures for a request or a socket, which are mostly over in moments: dropped unread when it ends. */
  captureBrief(opening: Opening, below: object, extraFrames = requestFrames): void {
    const raw = this.prepare(opening, extraFrames)
    if (raw === null) return
    this.stacks.captureStackTrace(raw, below)
    this.placeTaken(opening, raw)
  }

  /**
   * As `captureBrief`, without its frame: where `stacks.captureStackTrace`, called next, puts a stack that `placeTaken` takes from there. V8 walks each function
   * of ours between the program and that call, which costs what a frame does that is kept. Null where none is captured.
   */
  prepare(opening: Opening, extraFrames = requestFrames): RawStack | null {
    return this.sampling.takes(opening) ? this.stacks.prepare(this.depth + extraFrames) : null
  }

  placeTaken(opening: Opening, raw: RawStack): void {
    this.sampling.spent(typeOf(opening))
    this.place(opening, raw)
  }

  /** As `captureBrief`, with a stack that was captured already. */
  place(opening: Opening, raw: RawStack): void {
    this.captured++
    const slot = this.#ringAt
    this.#ringAt = (slot + 1) % ringCapacity
    const displaced = this.#ring[slot]!
    if (displaced !== null) this.#vacate(displaced, slot)
    this.#ring[slot] = opening
    raw.slot = slot
    raw.callers = this.#requests.current()
    opening.stack = raw
    if (!this.#hasSentinel) this.#placeSentinel()
  }

  /** Captures for a callback that a package has run in a later tick or turn, for what it opens then: dropped unread when it has run. */
  capturePutOff(asyncId: number, below: object, resource: object): void {
    const stack = this.#whence(below, walkerOf(resource))
    if (stack === null) return
    // One that was given up (clearImmediate) is never run.
    if (this.#putOffStacks.size === putOffCapacity) this.#putOffStacks.delete(this.#putOffStacks.keys().next().value!)
    this.#putOffStacks.set(asyncId, stack)
  }

  // A walk of fs.realpath is followed from where it was called, not from step to step.
  #whence(below: object, walker: object | null): RawStack | number | null {
    const walk = walker === null ? undefined : this.#walks.get(walker)
    if (walk !== undefined) return walk
    if (this.#sample.next() === 0 || !this.sampling.allows('put off')) return null
    const isPackages = isCalledByPackage(scriptsOf(this.stacks.capture(below, nearFrames + 1).stack), [])
    this.sampling.spent('put off')
    if (!isPackages) return null
    const raw = this.stacks.capture(below, this.depth + openFrames)
    raw.callers = this.#requests.current()
    if (!this.#hasSentinel) this.#placeSentinel()
    if (walker === null) return raw
    const site = this.intern({ stack: raw })
    this.#walks.set(walker, site)
    return site
  }

  /** A callback begins: that of a request which is over by that, of what was put off, or any other. */
  enter(asyncId: number, request: RunningRequest | null): void {
    const stack = request === null && this.#putOffStacks.size !== 0 ? this.#putOffStacks.get(asyncId) : undefined
    if (stack === undefined) return this.#requests.enter(request)
    this.#putOffStacks.delete(asyncId)
    this.#requests.enter({ asyncId, stack })
  }

  /** The site of the caller of `below`, read at once: as many frames, and on until the first of the program. */
  siteOf(below: object, depth = this.depth): number {
    this.captured++
    this.sampling.begin()
    const site = this.#sites.intern(this.stacks.capture(below, depth + openFrames), depth)
    this.sampling.spent(null)
    return site
  }

  /** Whether a call has made a resource at once, which native code makes with nobody on the stack. */
  isMadeByCall(opening: Opening, below: object): boolean {
    if (opening.stack !== skipped) return this.#sites.hasUser(this.intern(opening))
    return scriptsOf(this.stacks.capture(below, nearFrames).stack).length > 0
  }

  /** Has an opening go by the stack of another one, which yielded it. */
  inherit(opening: Opening, from: Opening): void {
    opening.stack = from.stack === skipped ? skipped : this.intern(from)
  }

  /**
   * The site of an opening. Where a package alone stands on its stack, that of the request in whose callback it was called goes on from there; where
   * Node alone does on that of a request of fs, as in the steps of `fs.readFile`, it is the one before.
   */
  intern(opening: Opening): number {
    if (typeof opening.stack === 'number') return opening.stack === skipped ? -1 : opening.stack
    const { callers } = opening.stack
    opening.stack.callers = null
    this.sampling.begin()
    const site = this.#sites.intern(opening.stack, this.depth)
    this.sampling.spent(typeOf(opening))
    if (callers === null || this.#sites.hasApp(site)) return opening.stack = site
    if (this.#sites.hasUser(site)) return opening.stack = this.continued(site, callers)
    // A socket's next request may come of another line than the one before: a lookup of the program's own.
    return opening.stack = opening.facts?.type === 'FSREQCALLBACK' ? this.#asked(site, callers) : site
  }

  #asked(site: number, callers: Callers): number {
    for (const caller of callers) {
      const asked = this.#siteOfCaller(caller)
      if (this.#sites.hasUser(asked)) return asked
    }
    return site
  }

  /** The site that goes on from a package's to the first caller with a line of the application. */
  continued(site: number, callers: Callers): number {
    for (const caller of callers) {
      const asked = this.#siteOfCaller(caller)
      if (this.#sites.hasApp(asked)) return this.#sites.continued(site, asked, this.depth)
    }
    return site
  }

  #siteOfCaller(caller: RawStack | number): number {
    return typeof caller === 'number' ? caller : this.#sites.intern(caller, this.depth)
  }

  /** Keeps the stack of what was closed readable while it has its place among the brief ones; then it is dropped unread. */
  retire(opening: Opening): void {
    if (typeof opening.stack !== 'number') opening.stack.slot = -1
  }

  internTurn(): void {
    for (const opening of this.#turn) this.intern(opening)
    this.#turn.length = 0
  }

  internAll(): void {
    this.internTurn()
    for (let index = 0; index < ringCapacity; index++) {
      const opening = this.#ring[index]!
      if (opening !== null) this.#vacate(opening, index)
      this.#ring[index] = null
    }
    for (const [asyncId, stack] of this.#putOffStacks) this.#putOffStacks.set(asyncId, this.intern({ stack }))
  }

  #vacate(opening: Opening, slot: number): void {
    if (typeof opening.stack === 'number') return
    // A reused socket is captured anew while its older capture still has a place: only the newest counts.
    if (opening.stack.slot === slot) this.intern(opening)
    else if (opening.stack.slot === -1) opening.stack = -1
  }

  #placeSentinel(): void {
    this.#hasSentinel = true
    this.collections.add({}, null)
  }
}
