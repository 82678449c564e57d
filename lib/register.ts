import { isLeakwatchError } from './model/errors.ts'
import { load } from './session/loading/load.ts'
import { isOff } from './session/loading/off.ts'
import type * as preloading from './session/preload.ts'

if (!isOff(process.env)) {
  try {
    (load('preload.cjs') as typeof preloading).preload()
  } catch (error) {
    if (!isLeakwatchError(error)) throw error
    process.stderr.write(`leakwatch: nothing is recorded: ${error.message}\n`)
  }
}
