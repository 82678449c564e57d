// The entry `leakwatch/mocha`: `mocha --require leakwatch/mocha`, or the same in .mocharc. Each test that leaves something open fails.
import { adapters } from './loaded.ts'
import type { MochaHooks } from './runners/mocha.ts'

export { allow } from './allow.ts'

/** Root hooks, in serial and in parallel mode. */
export const mochaHooks: MochaHooks = adapters()?.mochaHooks() ?? {}
