import { LeakwatchError, typeGiven } from '../errors.ts'
import type { KnownMatcher, Matcher } from '../matcher.ts'
import { defaultGroups, type Group } from '../resource.ts'
import { factsOf, groups, knownTypes, typesOf } from '../type-table.ts'
import { depthLimit, type Mode, type Ownership, type Settings, strictness, unaskedSettings, type WatchOptions } from './settings.ts'
import { nearest } from '../text/nearest.ts'

export const ownershipLevels = Object.keys(strictness) as readonly Ownership[]
export const modes: readonly Mode[] = ['off', 'count', 'full']
const byDefault = unaskedSettings(defaultGroups)
const settleLimitMs = 60_000
export const optionNames: readonly (keyof WatchOptions)[] = ['mode', 'types', 'depth', 'ownership', 'chain', 'pendingAfterMs', 'ignored', 'known', 'baseline', 'settleMs']
const ageLimitMs = 365 * 24 * 3_600_000

const matcherFields = ['type', 'path', 'package', 'function', 'frame'] as const
const matcherNames: readonly string[] = [...matcherFields, 'reason']

/**
 * The complete, frozen settings that options ask for.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolve(options: WatchOptions = {}): Settings {
  requireOptions(options, optionNames)
  const { mode = byDefault.mode, types: wanted = defaultGroups, depth = byDefault.depth, ownership = byDefault.ownership, chain = byDefault.chain } = options
  const { pendingAfterMs = null, ignored = [], known = [], baseline = byDefault.baseline, settleMs = byDefault.settleMs } = options
  return Object.freeze({
    mode: resolveOneOf('mode', mode, modes),
    types: resolveTypes(wanted),
    isUnasked: false,
    depth: resolveNumber('depth', depth, depthLimit),
    ownership: resolveOneOf('ownership', ownership, ownershipLevels),
    chain: resolveFlag('chain', chain),
    policy: Object.freeze({
      pendingAfterMs: pendingAfterMs === null ? null : resolveNumber('pendingAfterMs', pendingAfterMs, ageLimitMs),
      ignored: resolveMatchers<Matcher>('ignored', ignored),
      known: resolveMatchers<KnownMatcher>('known', known),
      isTest: false,
    }),
    baseline: resolvePath('baseline', baseline),
    settleMs: resolveNumber('settleMs', settleMs, settleLimitMs),
  })
}

/**
 * That options are an object, with no name but the valid ones.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function requireOptions(options: unknown, valid: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid('options', options, 'an object', `Valid options are ${valid.join(', ')}.`)
  }
  for (const name of Object.keys(options)) {
    if (!valid.includes(name)) throw unknownOption(name, valid)
  }
}

function resolveFlag(name: string, given: unknown): boolean {
  if (typeof given === 'boolean') return given
  throw invalid(name, given, 'true or false', 'Leave it out for the default.')
}

function resolveOneOf<T extends string>(name: string, given: unknown, valid: readonly T[]): T {
  if (valid.includes(given as T)) return given as T
  throw invalid(name, given, `one of ${valid.join(', ')}`, meant(given, valid))
}

/**
 * The types that a list of groups and types stands for.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolveTypes(given: unknown): ReadonlySet<string> {
  if (!Array.isArray(given)) {
    throw invalid('types', given, 'an array of groups or types', "Give for instance ['fs', 'TCPWRAP'].")
  }
  if (given.length === 0) throw invalid('types', given, 'at least one group or type', `Groups are ${groups.join(', ')}.`)
  const chosen = new Set<string>()
  for (const name of given) {
    if (name === 'all') addAll(chosen, groups)
    else if (typeof name === 'string' && factsOf(name) !== undefined) chosen.add(name)
    else if ((groups as readonly unknown[]).includes(name)) addAll(chosen, [name])
    else throw invalid('types', name, 'a group or type that leakwatch records', meant(name, typeNames()))
  }
  return chosen
}

function addAll(chosen: Set<string>, wanted: readonly Group[]): void {
  for (const type of typesOf(wanted)) chosen.add(type)
}

export function typeNames(): string[] {
  return [...groups, 'all', ...knownTypes]
}

function resolvePath(name: string, given: unknown): string | null {
  if (given === null || (typeof given === 'string' && given !== '')) return given
  throw invalid(name, given, 'the path of a file, or null', "Give for instance 'leakwatch-baseline.json'.")
}

/**
 * A whole number within its bounds.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolveNumber(name: string, given: unknown, limit: number, least = 0): number {
  if (typeof given === 'number' && Number.isInteger(given) && given >= least && given <= limit) return given
  throw invalid(name, given, `a whole number from ${least} to ${limit}`, 'Leave it out for the default.')
}

function unknownOption(name: string, valid: readonly string[]): LeakwatchError {
  const advice = meant(name, valid)
  return new LeakwatchError('ERR_LEAKWATCH_OPTION_UNKNOWN', `Unknown option '${name}'. ${advice}`)
}

function meant(given: unknown, valid: readonly string[]): string {
  const close = typeof given === 'string' ? nearest(given, valid) : null
  return close === null ? `Valid are ${valid.join(', ')}.` : `Did you mean '${close}'?`
}

function invalid(name: string, given: unknown, wanted: string, advice: string): LeakwatchError {
  const message = `Option '${name}' wants ${wanted}, but was given ${show(given)}. ${advice}`
  return new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', message)
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

/**
 * A frozen copy of a list of matchers.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolveMatchers<M extends Matcher>(option: 'ignored' | 'known', given: unknown): readonly M[] {
  if (!Array.isArray(given)) throw invalidMatcher(option, 'an array of matchers', typeof given)
  return Object.freeze(given.map((matcher: unknown, index) => {
    const where = `${option}[${index}]`
    if (typeof matcher !== 'object' || matcher === null || Array.isArray(matcher)) throw invalidMatcher(where, 'an object', typeof matcher)
    for (const [name, value] of Object.entries(matcher)) {
      if (!matcherNames.includes(name)) throw invalidMatcher(where, `an object of ${matcherNames.join(', ')}`, `'${name}'`, nearest(name, matcherNames))
      if (typeof value !== 'string' || value === '') throw invalidMatcher(`${where}.${name}`, 'a text that is not empty', typeGiven(value))
    }
    if (!matcherFields.some(field => field in matcher)) throw invalidMatcher(where, `at least one of ${matcherFields.join(', ')}`, 'none of them')
    if (option === 'known' && !('reason' in matcher)) throw invalidMatcher(where, "a 'reason' that says why this leak is borne", 'none')
    return Object.freeze({ ...matcher }) as M
  }))
}

function invalidMatcher(name: string, wanted: string, given: string, meant: string | null = null): LeakwatchError {
  const advice = meant === null ? "Give for instance { package: 'left-pad', reason: 'closed in 2.0' }." : `Did you mean '${meant}'?`
  return new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', `Option '${name}' wants ${wanted}, but was given ${given}. ${advice}`)
}
