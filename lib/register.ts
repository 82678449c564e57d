import { load } from './load.ts'
import { isOff } from './session/off.ts'
import type * as preloading from './session/preload.ts'

if (!isOff(process.env)) (load('preload.cjs') as typeof preloading).preload()
