import { AsyncResource } from 'node:async_hooks'
import t from 'tap'
import { type Callable, interceptCalls, within } from '../../../lib/adapters/watching/within.ts'

/** What is called in a scope notes that, and does it. */
function scope() {
  const calls: (readonly unknown[])[] = []
  return {
    calls,
    apply(fn: Callable, thisArg: unknown, args: readonly unknown[]): unknown {
      calls.push(args)
      return Reflect.apply(fn, thisArg, args)
    },
  }
}

t.test('a function within a test keeps this, arguments, result, name and length', async t => {
  const test = scope()
  const wrapped = within(function named(this: unknown, a: number, b: number) { return [this, a, b] }, () => test)
  t.strictSame(Reflect.apply(wrapped, 'me', [1, 2]), ['me', 1, 2])
  t.strictSame([wrapped.name, wrapped.length], ['named', 2])
  t.strictSame(test.calls, [[1, 2]])
})

t.test('where there is no test it is called as it is, and an error goes through', async t => {
  t.equal(within(() => 7, () => null)(), 7)
  t.throws(() => within(() => { throw new Error('its own') }, scope)(), { message: 'its own' })
})

t.test('a generator stays one, and each of its steps is within the test', async t => {
  const test = scope()
  const wrapped = within(function* (this: unknown, first: unknown) {
    const second: unknown = yield first
    try {
      yield second
    } catch (error) {
      yield error
    }
    return this
  } as Callable, () => test)
  t.equal(Object.prototype.toString.call(wrapped), '[object GeneratorFunction]')
  const steps = Reflect.apply(wrapped, 'me', ['a']) as Generator
  t.strictSame([steps.next(), steps.next('b'), steps.throw('c'), steps.next()].map(({ value }) => value as unknown), ['a', 'b', 'c', 'me'])
  t.equal(test.calls.length, 4)
})

t.test('a generator without a test runs as it is', async t => {
  const wrapped = within(function* () { yield 1 } as Callable, () => null)
  t.strictSame([...wrapped() as Generator], [1])
})

t.test('what an async resource calls goes through what was put in between, in the context of the resource', async t => {
  const resource = new AsyncResource('TEST')
  interceptCalls(resource, ({ resource: at, fn, thisArg, args }, make) => {
    t.strictSame([at === resource, thisArg, args], [true, 'me', [1]])
    return make(within(fn, () => null), thisArg, 2)
  })
  t.strictSame(resource.runInAsyncScope(function (this: unknown, given: number) { return [this, given] }, 'me', 1), ['me', 2])
})

t.test('what begins when it is awaited is awaited within the test, unless a callback was given', async t => {
  const test = scope()
  let begun = 0
  const lazy = {}
  Reflect.set(lazy, 'then', (resolve: (value: string) => void) => { begun++; resolve('done') })
  t.equal(await within(() => lazy, () => test)(), 'done')
  t.strictSame([begun, test.calls], [1, [[], [lazy]]])
  t.equal(within((_done: unknown) => lazy, () => test)(() => {}), lazy)
  t.equal(begun, 1)
  const promise = Promise.resolve(7)
  t.equal(within(() => promise, () => test)(), promise)
})
