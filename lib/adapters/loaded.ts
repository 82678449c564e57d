import { loadOnce } from '../session/loading/load.ts'
import { isOff } from '../session/loading/off.ts'
import type * as jest from './runners/jest.ts'
import type * as mocha from './runners/mocha.ts'
import type * as nodeTest from './runners/node-test.ts'
import type * as tap from './runners/tap.ts'
import type * as vitest from './runners/vitest.ts'
import type * as adapter from './watching/adapter.ts'

interface Runners {
  readonly 'jest': typeof jest
  readonly 'mocha': typeof mocha
  readonly 'node-test': typeof nodeTest
  readonly 'tap': typeof tap
  readonly 'vitest': typeof vitest
}

/**
 * What watches the tests of a runner: loaded once for all files of tests, although a runner loads the entry for each of them anew. Null
 * while leakwatch is off: then nothing is loaded.
 */
export function adapterTo<R extends keyof Runners>(runner: R): Runners[R] | null {
  return isOff(process.env) ? null : loadOnce(`adapters-${runner}.cjs`) as Runners[R]
}

/** As `adapterTo`: what the adapters share. */
export function adapters(): typeof adapter | null {
  return isOff(process.env) ? null : loadOnce('adapters.cjs') as typeof adapter
}
