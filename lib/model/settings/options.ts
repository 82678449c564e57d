import { LeakwatchError, typeGiven } from '../errors.ts'
import type { KnownMatcher, Matcher } from '../matcher.ts'
import { defaultGroups, type Group } from '../resource.ts'
import { factsOf, groups, knownTypes, typesOf } from '../type-table.ts'
import { depthLimit, type Mode, type Ownership, type Settings, strictness, unaskedSettings, type WatchOptions } from './settings.ts'
import { invalidOption, meant, requireFlag, requireNumber, requireOneOf, requireOptions, requireShare } from './values.ts'
import { nearest } from '../text/nearest.ts'

export const ownershipLevels = Object.keys(strictness) as readonly Ownership[]
export const modes: readonly Mode[] = ['off', 'count', 'adaptive', 'full']
const byDefault = unaskedSettings(defaultGroups)
const settleLimitMs = 60_000
export const optionNames: readonly (keyof WatchOptions)[] = ['mode', 'budget', 'types', 'depth', 'ownership', 'chain', 'pendingAfterMs', 'ignored', 'known', 'baseline', 'settleMs']
const ageLimitMs = 365 * 24 * 3_600_000

const matcherFields = ['type', 'path', 'package', 'function', 'frame'] as const
const matcherNames: readonly string[] = [...matcherFields, 'reason']

/**
 * The complete, frozen settings that options ask for.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolve(options: WatchOptions = {}): Settings {
  requireOptions(options, optionNames)
  const { mode = byDefault.mode, budget = byDefault.budget, types: wanted = defaultGroups, depth = byDefault.depth, ownership = byDefault.ownership, chain = byDefault.chain } = options
  const { pendingAfterMs = null, ignored = [], known = [], baseline = byDefault.baseline, settleMs = byDefault.settleMs } = options
  return Object.freeze({
    mode: requireOneOf('mode', mode, modes),
    budget: requireShare('budget', budget),
    types: resolveTypes(wanted),
    isUnasked: false,
    depth: requireNumber('depth', depth, depthLimit),
    ownership: requireOneOf('ownership', ownership, ownershipLevels),
    chain: requireFlag('chain', chain),
    policy: Object.freeze({
      pendingAfterMs: pendingAfterMs === null ? null : requireNumber('pendingAfterMs', pendingAfterMs, ageLimitMs),
      ignored: resolveMatchers<Matcher>('ignored', ignored),
      known: resolveMatchers<KnownMatcher>('known', known),
      isTest: false,
    }),
    baseline: resolvePath('baseline', baseline),
    settleMs: requireNumber('settleMs', settleMs, settleLimitMs),
  })
}

/**
 * The types that a list of groups and types stands for.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolveTypes(given: unknown): ReadonlySet<string> {
  if (!Array.isArray(given)) {
    throw invalidOption('types', given, 'an array of groups or types', "Give for instance ['fs', 'TCPWRAP'].")
  }
  if (given.length === 0) throw invalidOption('types', given, 'at least one group or type', `Groups are ${groups.join(', ')}.`)
  const chosen = new Set<string>()
  for (const name of given) {
    if (name === 'all') addAll(chosen, groups)
    else if (typeof name === 'string' && factsOf(name) !== undefined) chosen.add(name)
    else if ((groups as readonly unknown[]).includes(name)) addAll(chosen, [name])
    else throw invalidOption('types', name, 'a group or type that leakwatch records', meant(name, typeNames()))
  }
  return chosen
}

function addAll(chosen: Set<string>, wanted: readonly Group[]): void {
  for (const type of typesOf(wanted)) chosen.add(type)
}

function typeNames(): string[] {
  return [...groups, 'all', ...knownTypes]
}

function resolvePath(name: string, given: unknown): string | null {
  if (given === null || (typeof given === 'string' && given !== '')) return given
  throw invalidOption(name, given, 'the path of a file, or null', "Give for instance 'leakwatch-baseline.json'.")
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
