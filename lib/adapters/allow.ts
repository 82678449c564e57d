import type { Matcher } from '../model/matcher.ts'
import { adapters } from './loaded.ts'

/**
 * Lets the test that calls it, or the file where no test does, leave open what a matcher tells; without a matcher, anything.
 * It is listed as known, with the reason.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` without a reason, `ERR_LEAKWATCH_OPTION_INVALID` for a matcher that is none
 * @example
 * allow('the server of the suite answers all its tests', { type: 'TCPSERVERWRAP' })
 */
export function allow(reason: string, matcher?: Omit<Matcher, 'reason'>): void {
  adapters()?.allow(reason, matcher)
}
