// What `leakwatch` resolves to: the whole API, or under LEAKWATCH=off the one that does nothing, and then nothing is loaded.
import type * as api from './index.ts'
import * as noop from './noop.ts'
import { load } from './session/loading/load.ts'
import { isOff } from './session/loading/off.ts'

export const {
  assertNoGrowth, assertNoLeaks, diff, isLeakError, isLeakwatchError, LeakError, LeakwatchError, scope, track, Tracker, watch, wrapFs,
}: typeof api = isOff(process.env) ? noop : load('index.cjs') as typeof api
