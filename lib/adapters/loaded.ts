import { loadOnce } from '../session/load.ts'
import { isOff } from '../session/off.ts'
import type * as runners from './runners.ts'

/**
 * What the adapters do, in the one file that is loaded for it: once for all files of tests, although a runner loads the entry for each
 * of them anew. Null while leakwatch is off: then nothing is loaded.
 */
export function adapters(): typeof runners | null {
  if (isOff(process.env)) return null
  return loadOnce('adapters.cjs') as typeof runners
}
