// What a value of an option has to be, and what is said of one that is not.
import { LeakwatchError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'

/**
 * That options are an object, with no name but the valid ones.
 * @param within The option whose value they are; null for those of a call
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function requireOptions(options: unknown, valid: readonly string[], within: string | null = null): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalidOption(within ?? 'options', options, 'an object', `Valid options are ${valid.join(', ')}.`)
  }
  for (const name of Object.keys(options)) {
    if (!valid.includes(name)) throw new LeakwatchError('ERR_LEAKWATCH_OPTION_UNKNOWN', unknownOption(name, valid, within))
  }
}

/** @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID` */
export function requireFlag(name: string, given: unknown): boolean {
  if (typeof given === 'boolean') return given
  throw invalidOption(name, given, 'true or false')
}

/** @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID` */
export function requireOneOf<T extends string>(name: string, given: unknown, valid: readonly T[]): T {
  if (valid.includes(given as T)) return given as T
  throw invalidOption(name, given, `one of ${valid.join(', ')}`, meant(given, valid))
}

/**
 * A whole number within its bounds.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function requireNumber(name: string, given: unknown, limit: number, least = 0): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= limit) return given
  throw invalidOption(name, given, `a whole number from ${least} to ${limit}`)
}

/** @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID` */
export function requireShare(name: string, given: unknown): number {
  if (typeof given === 'number' && given > 0 && given <= 1) return given
  throw invalidOption(name, given, 'a number above 0 and up to 1', 'Give for instance 0.01, a hundredth.')
}

/** The error that says what an option was given, what it wants and what to do. */
export function invalidOption(name: string, given: unknown, wanted: string, advice = 'Leave it out for the default.'): LeakwatchError {
  return new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', `Option '${name}' wants ${wanted}, but was given ${shown(given)}. ${advice}`)
}

/** What is said of a name that no option has. */
export function unknownOption(name: string, valid: readonly string[], within: string | null = null): string {
  return `Unknown option '${within === null ? name : `${within}.${name}`}'. ${meant(name, valid)}`
}

/** Which of the valid ones was meant; all of them where that can't be told. */
export function meant(given: unknown, valid: readonly string[]): string {
  const close = typeof given === 'string' ? nearest(given, valid) : null
  return close === null ? `Valid are ${valid.join(', ')}.` : `Did you mean '${close}'?`
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}
