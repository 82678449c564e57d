import { LeakwatchError } from '../model/errors.ts'

const generators = ['[object GeneratorFunction]', '[object AsyncGeneratorFunction]']

/**
 * @param whose What is called with it, as `assertNoLeaks()`
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` for what is no function, and for a generator, of which a call runs nothing
 */
export function requireFunction(fn: unknown, whose: string): void {
  if (typeof fn !== 'function') throw argument(`${whose} wants a function, but was given ${typeof fn}. Give () => …, not the promise it returns.`)
  // Of whichever realm.
  if (generators.includes(Object.prototype.toString.call(fn))) {
    throw argument(`${whose} wants a function that runs when it is called, but was given a generator. Give async () => …, which takes all of its steps.`)
  }
}

function argument(message: string): LeakwatchError {
  return new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', message)
}
