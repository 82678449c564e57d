import type { AsyncResource } from 'node:async_hooks'
import type { Within } from '../../collect/tracked/scopes.ts'
import { hideOwnFrames } from './own-frames.ts'

export type Callable = (this: unknown, ...args: any[]) => unknown

/** What calls functions in a scope. */
interface Scoped {
  readonly apply: Within
}

/**
 * The function, called in the scope of the test that there is then; as it is where there is none. Runners tell by name and length
 * whether it takes a callback.
 */
export function within(fn: Callable, testOf: () => Scoped | null): Callable {
  const wrapped = isGenerator(fn) ? generatorWithin(fn, testOf) : function (this: unknown, ...args: unknown[]) {
    const test = testOf()
    try {
      if (test === null) return unseen(Reflect.apply(fn, this, args))
      const returned = test.apply(fn, this, args)
      // One with a callback may return what it has told to call that.
      return unseen(isLazy(returned) && typeof args.at(-1) !== 'function' ? test.apply(settled, undefined, [returned]) : returned)
    } catch (error) {
      hideOwnFrames(error)
      throw error
    }
  }
  for (const key of ['name', 'length'] as const) Object.defineProperty(wrapped, key, { value: fn[key], configurable: true })
  return wrapped
}

// What begins when it is awaited, as requests of supertest and queries do: the runner would do that outside of the test.
function isLazy(returned: unknown): boolean {
  const isObject = (typeof returned === 'object' && returned !== null) || typeof returned === 'function'
  return isObject && typeof (returned as { then?: unknown }).then === 'function' && Object.prototype.toString.call(returned) !== '[object Promise]'
}

function settled(lazy: unknown): unknown {
  return Promise.resolve(lazy)
}

// An async function that throws before it first awaits has us on the stack of its error. Who called it hears of that after us.
function unseen(returned: unknown): unknown {
  if (returned instanceof Promise && returned.constructor === Promise) returned.then(undefined, hideOwnFrames)
  return returned
}

function isGenerator(fn: Callable): fn is (...args: any[]) => Generator {
  return Object.prototype.toString.call(fn) === '[object GeneratorFunction]'
}

// Called, it only makes an iterator: what the runner makes of that is its own, each step of it is the test's.
function generatorWithin(fn: (...args: any[]) => Generator, testOf: () => Scoped | null): Callable {
  return function* (this: unknown, ...args: unknown[]) {
    const steps = Reflect.apply(fn, this, args)
    let [way, given]: ['next' | 'throw', unknown] = ['next', undefined]
    for (;;) {
      const { value, done } = (testOf()?.apply(steps[way], steps, [given]) ?? steps[way](given)) as IteratorResult<unknown>
      if (done) return value
      try {
        [way, given] = ['next', yield value]
      } catch (error) {
        [way, given] = ['throw', error]
      }
    }
  }
}

/** How a runner calls something: a function, what it is called on, and with what. */
export interface Call {
  readonly resource: AsyncResource
  readonly fn: Callable
  readonly thisArg: unknown
  readonly args: unknown[]
}

/** Makes a call, as `runInAsyncScope` of its resource does. */
export type Make = (fn: Callable, thisArg: unknown, ...args: unknown[]) => unknown

/**
 * Has a call that an async resource makes in the context where it was made itself go through `through` instead, which is given the
 * call and what makes it.
 */
export function interceptCalls(resource: object, through: (call: Call, make: Make) => unknown): void {
  const { runInAsyncScope } = resource as AsyncResource
  Object.defineProperty(resource, 'runInAsyncScope', {
    value(this: AsyncResource, fn: Callable, thisArg: unknown, ...args: unknown[]) {
      return through({ resource: this, fn, thisArg, args }, runInAsyncScope.bind(this) as Make)
    },
    configurable: true,
    writable: true,
  })
}
