import { getBuiltinModule } from '../../collect/taps/untapped.ts'
import { isLeakwatchError } from '../../model/errors.ts'
import { nearest } from '../../model/text/nearest.ts'
import { modes, ownershipLevels, resolve, resolveTypes } from '../../model/settings/options.ts'
import { depthLimit, type Mode } from '../../model/settings/settings.ts'
import { meant } from '../../model/settings/values.ts'
import type { Config } from './config.ts'
import { type Env, type Format, fromStart, isOurs, type Plan, unaskedWhen, type When } from './plan.ts'

export const formats: readonly Format[] = ['text', 'json', 'github', 'junit', 'sarif', 'html', 'pprof']

const names = [
  'LEAKWATCH', 'LEAKWATCH_BUDGET', 'LEAKWATCH_TYPES', 'LEAKWATCH_FORMAT', 'LEAKWATCH_OUTPUT', 'LEAKWATCH_WHEN', 'LEAKWATCH_SIGNAL',
  'LEAKWATCH_EXIT_CODE', 'LEAKWATCH_DEPTH', 'LEAKWATCH_OWNERSHIP', 'LEAKWATCH_CHAIN', 'LEAKWATCH_CONFIG',
  'LEAKWATCH_BASELINE', 'LEAKWATCH_BASELINE_UPDATE',
] as const

type Name = typeof names[number]

/** Reads the environment, which goes before a file of options. A value or name that is not understood becomes a note, and the default stands in its place. */
export function readEnv(env: Env, config: Config): Plan {
  const notes = [...config.notes]
  const misread = (name: Name, given: string, wanted: string, candidates: readonly string[]) => {
    const close = candidates.length === 1 ? candidates[0]! : nearest(given, candidates)
    notes.push(`${name} wants ${wanted}, but was given '${given}'.${close === null ? '' : ` Did you mean '${close}'?`}`)
    return null
  }
  const read = <T>(name: Name, parse: (given: string) => T | null): T | null => {
    const given = env[name]
    return given === undefined || given.trim() === '' ? null : parse(given.trim())
  }
  const oneOf = <T extends string>(name: Name, valid: readonly T[]): T | null => read(name, given =>
    valid.find(value => value === given) ?? misread(name, given, `one of ${valid.join(', ')}`, valid))
  const number = (name: Name, low: number, high: number): number | null => read(name, given => {
    const value = /^\d+$/.test(given) ? Number(given) : NaN
    return value >= low && value <= high ? value : misread(name, given, `a whole number from ${low} to ${high}`, [])
  })

  const list = (name: Name, wanted: string): readonly string[] | null => read(name, given => {
    const parts = given.split(',').map(part => part.trim()).filter(part => part !== '')
    return parts.length > 0 ? parts : misread(name, given, wanted, [])
  })

  notes.push(...unknownNames(env))
  const mode = oneOf<Mode>('LEAKWATCH', modes)
  const budget = read('LEAKWATCH_BUDGET', given => shareOf(given) ?? misread('LEAKWATCH_BUDGET', given, 'a share of one core, such as 1% or 0.01', meantByShare(given)))
  const types = validTypes(list('LEAKWATCH_TYPES', 'groups or types, comma-separated') ?? [], notes)
  const depth = number('LEAKWATCH_DEPTH', 0, depthLimit)
  const baseline = read('LEAKWATCH_BASELINE', fromStart)
  oneOf('LEAKWATCH_BASELINE_UPDATE', ['0', '1'])
  const chain = oneOf('LEAKWATCH_CHAIN', ['on', 'off'])
  const ownership = oneOf('LEAKWATCH_OWNERSHIP', ownershipLevels)
  const signal = read('LEAKWATCH_SIGNAL', given => isSignal(given) ? given : misread('LEAKWATCH_SIGNAL', given, 'the name of a signal that a process can listen to, such as SIGUSR2', meantBySignal(given)))
  const anyWhen = `any of ${whens.join(', ')}, comma-separated`
  const moments = list('LEAKWATCH_WHEN', anyWhen) ?? []
  for (const part of moments) if (!isWhen(part)) misread('LEAKWATCH_WHEN', part, anyWhen, whens)
  const when = new Set(moments.filter(isWhen))
  if (env.LEAKWATCH_EXIT_CODE && when.size > 0 && !when.has('exit')) notes.push('LEAKWATCH_EXIT_CODE is for leaks at exit, but LEAKWATCH_WHEN asks for no report there: add exit to it.')
  const recorded = mode ?? config.options.mode ?? 'full'
  if (budget !== null && recorded !== 'adaptive') notes.push(`LEAKWATCH_BUDGET is what stacks may take with LEAKWATCH=adaptive, but the mode is ${recorded}.`)
  if (signal === null && when.has('signal')) notes.push('LEAKWATCH_WHEN asks for a report at a signal, but LEAKWATCH_SIGNAL names none.')
  const asked = oneOf<Format>('LEAKWATCH_FORMAT', formats) ?? 'text'
  const output = read('LEAKWATCH_OUTPUT', fromStart)
  const format = asked === 'pprof' && output === null ? 'text' : asked
  if (format !== asked) notes.push(`LEAKWATCH_FORMAT=${asked} is bytes for a file, but LEAKWATCH_OUTPUT names none: set it, such as LEAKWATCH_OUTPUT=leaks-{pid}.pprof. Without it reports are text.`)
  return {
    settings: resolve({
      ...config.options,
      ...mode === null ? {} : { mode }, ...budget === null ? {} : { budget }, ...types.length === 0 ? {} : { types }, ...depth === null ? {} : { depth },
      ...ownership === null ? {} : { ownership }, ...chain === null ? {} : { chain: chain === 'on' }, ...baseline === null ? {} : { baseline },
    }),
    tests: config.tests,
    format,
    output,
    when: when.size === 0 ? new Set([...unaskedWhen, ...signal === null ? [] : ['signal' as const]]) : when,
    signal: signal as NodeJS.Signals | null,
    exitCode: number('LEAKWATCH_EXIT_CODE', 1, 255),
    notes,
  }
}

// Asked for by few: node:os is not loaded for the others.
function signalNames(): readonly string[] {
  return Object.keys(getBuiltinModule('node:os').constants.signals)
}

// Without its sign 1 may be a hundredth or the whole.
function shareOf(given: string): number | null {
  const [, digits, sign] = /^(\d*\.?\d+) ?(%?)$/.exec(given) ?? []
  const share = sign === '%' ? Number(digits) / 100 : Number(digits)
  return share > 0 && (share < 1 || (share === 1 && sign === '%')) ? share : null
}

function meantByShare(given: string): readonly string[] {
  const percent = Number.parseFloat(given.replace(',', '.'))
  return percent > 0 ? [`${Math.min(percent, 100)}%`] : []
}

const deaf = ['SIGKILL', 'SIGSTOP']

function isSignal(given: string): boolean {
  return signalNames().includes(given) && !deaf.includes(given)
}

// `kill -USR2` knows them without their beginning, and in any case.
function meantBySignal(given: string): readonly string[] {
  if (deaf.includes(given)) return []
  const name = given.toUpperCase()
  const full = [name, `SIG${name}`].find(isSignal) ?? nearest(name, signalNames().filter(isSignal))
  return full === null ? [] : [full]
}

const whens: readonly When[] = ['exit', 'signal', 'emfile', 'threshold']

function isWhen(part: string): part is When {
  return (whens as readonly string[]).includes(part)
}

function unknownNames(env: Env): string[] {
  const unknown = Object.keys(env).filter(name => isOurs(name) && !(names as readonly string[]).includes(name))
  return unknown.map(name => `${name} is no setting of leakwatch. ${meant(name, names)}`)
}

// The types that are known stay when one of them is not.
function validTypes(asked: readonly string[], notes: string[]): readonly string[] {
  return asked.filter(type => {
    try {
      resolveTypes([type])
      return true
    } catch (error) {
      if (!isLeakwatchError(error)) throw error
      notes.push(error.message.replace("Option 'types'", 'LEAKWATCH_TYPES'))
      return false
    }
  })
}
