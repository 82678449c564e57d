import { AsyncLocalStorage } from 'node:async_hooks'
import type { ResourceScope } from '../../model/resource.ts'
import { Reflect } from '../intrinsics.ts'
import { WeakMap } from '../own-collections.ts'

/** A test, request or job, carried to all that it starts. */
export interface OpenScope {
  readonly id: number
  readonly name: string
  readonly around: OpenScope | null
  /** Whether it is judged for itself alone, as a test is. */
  readonly isJudged: boolean
  /** Whether anything asynchronous was begun in it, promises aside. */
  hasBegun: boolean
  isClosed: boolean
}

interface ScopeKind {
  /** By default the one that is running. */
  readonly around?: OpenScope | null
  readonly isJudged?: boolean
}

/** Calls a function, on what it is to be called on and with its arguments. */
export type Within = (fn: (this: unknown, ...args: any[]) => unknown, thisArg: unknown, args: readonly unknown[]) => unknown

interface Mark {
  readonly scope: OpenScope
  readonly isAfter: boolean
}

/**
 * Which scope something was opened in. An AsyncLocalStorage carries the scope, so that those that run side by side do not mix;
 * what was opened is marked from outside: nothing that lives without scopes has room for one.
 */
export class Scopes {
  /** Whether somebody asks if anything was begun in a scope, which costs a look at each resource. */
  notesBegun = false
  readonly #storage = new AsyncLocalStorage<OpenScope>()
  #made: WeakMap<object, Mark> | null = null
  #isMaking = false
  #nextId = 1

  /** The scope that is running. */
  current(): OpenScope | null {
    return this.#storage.getStore() ?? null
  }

  /** A scope within another one. */
  open(name: string, { around = this.current(), isJudged = false }: ScopeKind = {}): OpenScope {
    return { id: this.#nextId++, name, around: lastOf(around), isJudged, hasBegun: false, isClosed: false }
  }

  run<T>(scope: OpenScope, fn: () => T): T {
    return this.#storage.run(scope, fn)
  }

  /** What calls functions of somebody else's in a scope, or outside of all: bound, so that no frame of ours stands on their stacks. */
  within(scope: OpenScope | null): Within {
    const { run } = this.#storage as AsyncLocalStorage<OpenScope | undefined>
    return run.bind(this.#storage, scope ?? undefined, Reflect.apply) as Within
  }

  // Made with the first opening. The class may have to be read from a file of ours, by functions that are tapped: that is no opening to be marked.
  get #marks(): WeakMap<object, Mark> {
    if (this.#made !== null) return this.#made
    this.#isMaking = true
    try {
      return this.#made = new WeakMap()
    } finally {
      this.#isMaking = false
    }
  }

  /** Marks an opening with the scope that is running now. */
  attach(opening: object): void {
    const scope = this.#storage.getStore()
    if (scope !== undefined && !this.#isMaking) this.#marks.set(opening, { scope, isAfter: scope.isClosed })
  }

  /** Marks what is used anew with the scope that is running now, or with none. */
  reattach(opening: object): void {
    this.#made?.delete(opening)
    this.attach(opening)
  }

  /** As `reattach`, with the scope of something else. */
  move(opening: object, from: object): void {
    this.#made?.delete(opening)
    this.inherit(opening, from)
  }

  /** Notes that something asynchronous begins in the scope that is running now, where that is asked for. */
  noteBegun(): void {
    if (!this.notesBegun) return
    for (let scope = this.current(); scope !== null && !scope.hasBegun; scope = scope.around) scope.hasBegun = true
  }

  /** What a request yields outside of every context belongs to the scope of the request, and what a server accepts to that of the server. */
  inherit(opening: object, from: object): void {
    const mark = this.#marks.get(from)
    if (mark !== undefined) this.#marks.set(opening, mark)
  }

  of(opening: object): ResourceScope | null {
    const mark = this.#marks.get(opening)
    if (mark === undefined) return null
    const ids: number[] = []
    const names: string[] = []
    let judged: number | null = null
    for (let at: OpenScope | null = mark.scope; at !== null; at = at.around) {
      ids.unshift(at.id)
      names.unshift(at.name)
      if (at.isJudged) judged ??= at.id
    }
    return { name: names.join(' > '), ids, judged, isAfter: mark.isAfter }
  }
}

// A job that begins the next one would have each hold all before it: of scopes that have closed the last alone is kept.
function lastOf(around: OpenScope | null): OpenScope | null {
  if (around === null || !isOver(around)) return around
  let beyond = around.around
  while (beyond !== null && isOver(beyond)) beyond = beyond.around
  return beyond === around.around ? around : { ...around, around: beyond }
}

// Whatever was opened in a scope that is judged has to be found in it.
function isOver({ isClosed, isJudged }: OpenScope): boolean {
  return isClosed && !isJudged
}
