// The entry `leakwatch/tap`: `watchTests(t)` at the top of a file. Each test below that leaves something open fails.
import { adapters } from './loaded.ts'
import type { TapTest } from './runners/tap.ts'

export { allow } from './allow.ts'

/**
 * Fails each test below this one that leaves something open, and this one for what lies beside its tests.
 * @example
 * watchTests(t)
 */
export function watchTests(t: object): void {
  adapters()?.watchTap(t as TapTest)
}
