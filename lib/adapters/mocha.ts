// The entry `leakwatch/mocha`: `mocha --require leakwatch/mocha`, or the same in .mocharc. Each test that leaves something open fails.
import { adapters } from './loaded.ts'
import type { MochaHooks } from './runners/mocha.ts'

export { allow } from './allow.ts'

const { hooks = {}, globalSetup = () => {}, globalTeardown = () => {} } = adapters()?.mochaPlugins() ?? {}

/** Root hooks, in serial and in parallel mode. */
export const mochaHooks: MochaHooks = hooks

/** Notes what the set-ups open that are required after it: their teardown closes that, after the last file. */
export const mochaGlobalSetup: () => void = globalSetup

/** In parallel mode, where tests run in other processes, all that is open by then is what they opened. */
export const mochaGlobalTeardown: () => void = globalTeardown
