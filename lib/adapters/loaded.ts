import { loadOnce } from '../session/loading/load.ts'
import { isOff } from '../session/loading/off.ts'
import type * as all from './all.ts'

/**
 * What watches tests: loaded once for all files of tests, although a runner loads the entry for each of them anew. Null while leakwatch
 * is off: then nothing is loaded.
 */
export function adapters(): typeof all | null {
  return isOff(process.env) ? null : loadOnce('adapters.cjs') as typeof all
}
