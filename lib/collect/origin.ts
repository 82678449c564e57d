import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks'
import { Map, WeakMap } from './own-collections.ts'
import type { Opening } from './stacks/opening.ts'
import type { Messages } from './taps/messages.ts'

const carriedLimit = 1_024
// A loop may make many streams before the first of them is constructed.
const awaitedLimit = 65_536
const reach = 512

/** The opening call whose resource is born later, with no frame of the program on the stack. */
export interface Carrier extends Opening {
  /** How many more asyncIds it may be handed to; -1 for one that serves a single execution. */
  reach: number
}

interface OriginsBeginnings {
  readonly hasPromises: boolean
  readonly messages: Messages
}

/**
 * Origins on their way to late births. By execution: the asyncId in which the birth will happen is known
 * (a stream's construction, a queued request), or is reached by following inits from the call (`fetch`, where promises
 * are announced). By AsyncLocalStorage: where they are not (there the storage rests on AsyncContextFrame, needs no hook
 * and leaves no symbol on the program's resources). By owner: the server or socket that has the handle.
 */
export class Origins {
  readonly #followed = new Map<number, Carrier>()
  /** Of those that serve one birth: by executions to come, and by those that have begun, of which the births are mostly over. */
  readonly #awaited = new Map<number, Carrier>()
  readonly #begun = new Map<number, Carrier>()
  readonly #storage: AsyncLocalStorage<Carrier> | null
  readonly #byOwner = new WeakMap<object, number>()
  readonly #asked = new WeakMap<object, Opening>()
  /** Of the process that made this one. */
  readonly messages: Messages
  #calling: Carrier | null = null

  /** With `hasPromises`, promises are announced and followed; without, an AsyncLocalStorage carries. */
  constructor({ hasPromises, messages }: OriginsBeginnings) {
    this.messages = messages
    // One that rests on hooks (--no-async-context-frame) would mark every resource of the program: `fetch` goes without.
    const restsOnHooks = '_enable' in AsyncLocalStorage.prototype
    this.#storage = hasPromises || restsOnHooks ? null : new AsyncLocalStorage()
  }

  /** Whether inits must be followed. */
  get isFollowing(): boolean {
    return this.#calling !== null || this.#followed.size !== 0
  }

  /** The carrier will be found by what happens in that execution, and in no other. */
  expectIn(asyncId: number, carrier: Carrier): void {
    if (carrier.reach === -1) put(this.#awaited, asyncId, carrier, awaitedLimit)
    else put(this.#followed, asyncId, carrier, carriedLimit)
  }

  /** An execution begins. */
  enter(asyncId: number): void {
    const carrier = this.#awaited.size === 0 ? undefined : this.#awaited.get(asyncId)
    if (carrier === undefined) return
    this.#awaited.delete(asyncId)
    put(this.#begun, asyncId, carrier, carriedLimit)
  }

  /** Calls the function so that what is born of it later finds the carrier. */
  carry<T>(carrier: Carrier, call: () => T): T {
    if (this.#storage !== null) return this.#storage.run(carrier, call)
    const outer = this.#calling
    this.#calling = carrier
    try {
      return call()
    } finally {
      this.#calling = outer
    }
  }

  /** Hands the carrier of the current execution on to a new asyncId. */
  follow(asyncId: number): void {
    const carrier = this.#calling ?? this.#followed.get(executionAsyncId())
    if (carrier === undefined || carrier === null || carrier.reach <= 0) return
    carrier.reach--
    this.expectIn(asyncId, carrier)
  }

  /** The carrier of the current execution. */
  current(): Carrier | null {
    const asyncId = executionAsyncId()
    return this.#calling ?? this.#followed.get(asyncId) ?? this.#begun.get(asyncId) ?? this.#awaited.get(asyncId) ?? this.#storage?.getStore() ?? null
  }

  /** As `current`, for the carriers that serve one birth alone. */
  takeExpected(): Carrier | null {
    if (this.#begun.size === 0 && this.#awaited.size === 0) return null
    const asyncId = executionAsyncId()
    const carrier = this.#begun.get(asyncId) ?? this.#awaited.get(asyncId) ?? null
    this.#begun.delete(asyncId)
    this.#awaited.delete(asyncId)
    return carrier
  }

  setOwner(owner: object, site: number): void {
    this.#byOwner.set(owner, site)
  }

  ofOwner(owner: object): number {
    return this.#byOwner.get(owner) ?? -1
  }

  /** Who asked for a request of HTTP whose socket is born later, or for what that socket serves. */
  setAsked(owner: object, opening: Opening): void {
    this.#asked.set(owner, opening)
  }

  askedFor(owner: object): Opening | undefined {
    return this.#asked.get(owner)
  }

  stop(): void {
    for (const carriers of [this.#followed, this.#awaited, this.#begun]) carriers.clear()
    this.#storage?.disable()
  }
}

// In the place of the oldest, where there are as many as may be.
function put(carriers: Map<number, Carrier>, asyncId: number, carrier: Carrier, limit: number): void {
  if (carriers.size === limit) carriers.delete(carriers.keys().next().value!)
  carriers.set(asyncId, carrier)
}

/** @param type Of what is born later */
export function carrier(kind: 'single' | 'followed', type: string): Carrier {
  return { stack: -1, reach: kind === 'single' ? -1 : reach, facts: { type } }
}
