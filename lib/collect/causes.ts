import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks'
import { deref, WeakRef } from './intrinsics.ts'
import { Map, WeakMap } from './own-collections.ts'
import { exchangeOf } from './node-internals.ts'
import type { Opening } from './stacks/opening.ts'
import type { PendingStacks } from './stacks/pending.ts'
import { openFrames } from './stacks/scripts.ts'

// Of the newest as many are known at least, and twice as many at most.
const knownLimit = 32_768
const linkLimit = 8

/** One step of the way by which an execution was reached. */
export interface CauseLink {
  readonly type: string
  readonly asyncId: number
  readonly opening: Opening
  /** What an HTTP request asks for, as it was when something was opened on its behalf. */
  readonly name: string | null
  readonly resource: WeakRef<object> | null
}

/** How an execution was reached, nearest first. A plain list: a timer that sets the next one must not hold all before it. */
export type Cause = readonly CauseLink[]

const none: Cause = []

/**
 * What led to an opening: the request, timer, connection or call in whose callback it happened, and what led to that. Only where
 * somebody asks for it: each resource of the program costs a stack more. Callbacks are followed by asyncId; across promises, by
 * the asyncIds that these have where hooks are told of them, else by an AsyncLocalStorage that `before` sets.
 */
export class Causes {
  // To take the oldest out of one Map, V8 goes past all that were taken out of it before.
  #young = new Map<number, Cause>()
  #old = new Map<number, Cause>()
  readonly #ofOpening = new WeakMap<object, Cause>()
  readonly #storage: AsyncLocalStorage<Cause> | null

  constructor(hasPromises: boolean) {
    this.#storage = hasPromises ? null : new AsyncLocalStorage()
  }

  /** Notes a resource as it is announced; `below` is the hook. */
  note(asyncId: number, type: string, triggerAsyncId: number, resource: object, pending: PendingStacks, below: object): void {
    const before = this.#causeOf(triggerAsyncId) ?? this.current()
    // Steps of Node's own, between one thing that the program did and the next.
    if (type === 'PROMISE' || type === 'TickObject' || type === 'Microtask') {
      this.#set(asyncId, before)
      return
    }
    const opening = { stack: -1, facts: { type: 'cause' } }
    pending.captureBrief(opening, below, openFrames)
    const link = { type, asyncId, opening, name: null, resource: type === 'HTTPINCOMINGMESSAGE' ? new WeakRef(resource) : null }
    this.#set(asyncId, [link, ...before.slice(0, linkLimit - 1)])
  }

  /** Makes the cause of a callback that of what its promises go on with. */
  enter(asyncId: number): void {
    const cause = this.#causeOf(asyncId)
    if (cause !== undefined && this.#storage !== null) this.#storage.enterWith(cause)
  }

  /** The cause of what happens now. */
  current(): Cause {
    return this.#causeOf(executionAsyncId()) ?? this.#storage?.getStore() ?? none
  }

  /** Keeps the cause of an opening: what announced it goes without itself. */
  attach(opening: object, asyncId: number | null): void {
    const cause = asyncId === null ? this.current() : this.#causeOf(asyncId)?.slice(1) ?? none
    if (cause.length > 0) this.#ofOpening.set(opening, named(cause))
  }

  /** What was opened by a request comes of what that came of. */
  inherit(opening: object, from: object): void {
    const cause = this.#ofOpening.get(from)
    if (cause !== undefined) this.#ofOpening.set(opening, cause)
  }

  of(opening: object): Cause {
    return this.#ofOpening.get(opening) ?? none
  }

  stop(): void {
    this.#young.clear()
    this.#old.clear()
    this.#storage?.disable()
  }

  #set(asyncId: number, cause: Cause): void {
    if (this.#young.size === knownLimit) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(asyncId, cause)
  }

  #causeOf(asyncId: number): Cause | undefined {
    return this.#young.get(asyncId) ?? this.#old.get(asyncId)
  }
}

// A kept-alive connection serves one request after the other: which it was is known now.
function named(cause: Cause): Cause {
  return cause.map(link => {
    const resource = link.resource === null || link.name !== null ? undefined : deref(link.resource)
    return resource === undefined ? link : { ...link, name: exchangeOf(resource) }
  })
}
