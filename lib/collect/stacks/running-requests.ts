import { executionAsyncId } from 'node:async_hooks'
import type { Opening } from './opening.ts'
import type { Callers, RawStack } from './stack.ts'

// Requests that lead from one to the next inside of a package.
const reach = 8

const none: Callers = []

/** A request whose callback is about to run, before it is taken off the table, and its stack with it; or what was put off to a later tick or turn. */
export interface RunningRequest extends Opening {
  readonly asyncId: number
}

/**
 * The requests, and what packages have put off, in whose callbacks the program runs, nearest first: a package that opens something there has no line of the application on
 * its stack, but on that of a request which it made before. Plain lists: a request that makes the next one must not hold all
 * before it.
 */
export class RunningRequests {
  #asyncId = -1
  #stack: RawStack | number = -1
  #before = none
  #list: Callers | null = null

  /** A callback begins: that of a request which is over by that, or any other. */
  enter(request: RunningRequest | null): void {
    this.#list = null
    // What the request yielded was opened by now.
    if (typeof this.#stack !== 'number') this.#stack.callers = null
    if (request === null) {
      if (this.#asyncId !== -1) this.#stack = this.#asyncId = -1
      this.#before = none
      return
    }
    const stack = request.stack === -1 ? request.parent?.stack ?? -1 : request.stack
    this.#asyncId = request.asyncId
    this.#stack = stack
    this.#before = typeof stack === 'number' ? none : stack.callers ?? none
  }

  /** The stacks of those in whose callbacks something happens now; null where it is none. */
  current(): Callers | null {
    if (this.#asyncId === -1 || executionAsyncId() !== this.#asyncId) return null
    if (this.#list === null) {
      const list: (RawStack | number)[] = [this.#stack]
      for (let index = 0; index < this.#before.length && index < reach - 1; index++) list[index + 1] = this.#before[index]!
      this.#list = list
    }
    return this.#list
  }
}
