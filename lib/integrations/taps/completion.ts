/**
 * Calls a function that takes a callback last or returns a promise, and tells how it came out before the program learns it.
 * The promise that the program gets is the one derived from the original's: it rejects with the same error, and is
 * unhandled exactly where the program does not handle it.
 */
export function whenDone<T>(args: any[], call: (args: any[]) => T, settled: (error: unknown, value: unknown) => void): T {
  const last = args.length - 1
  const callback: unknown = args[last]
  if (typeof callback === 'function') {
    const heard = function (this: unknown, ...results: unknown[]) {
      settled(results[0] ?? null, results[1])
      return Reflect.apply(callback, this, results)
    }
    return call([...args.slice(0, last), heard])
  }
  const result = call(args)
  if (!isThenable(result)) return result
  return result.then(
    value => {
      settled(null, value)
      return value
    },
    (error: unknown) => {
      settled(error ?? new Error('rejected'), undefined)
      throw error
    },
  ) as T
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
