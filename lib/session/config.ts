import { dirname, join, resolve as absolute } from 'node:path'
import { readFileSync } from '../collect/taps/untapped.ts'
import { isLeakwatchError, LeakwatchError } from '../model/errors.ts'
import { nearest } from '../model/text/nearest.ts'
import { optionNames, resolve, type WatchOptions } from '../model/settings.ts'
import { resolveTests, type TestSettings } from './tests/settings.ts'

/** Options that stand in a file, as far as they are valid. */
export interface Config {
  readonly options: WatchOptions
  readonly tests: TestSettings
  /** What is wrong with the others, a sentence each. */
  readonly notes: readonly string[]
}

const names = [...optionNames, 'tests']
const none: Config = { options: {}, tests: resolveTests({}), notes: [] }

/**
 * The options of the file that `LEAKWATCH_CONFIG` names, as JSON; without it, those of the key `leakwatch` in the nearest
 * package.json upwards that has one.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>, cwd: string | null): Config {
  const named = env.LEAKWATCH_CONFIG
  if (cwd === null) return none
  if (named !== undefined && named !== '') {
    const file = absolute(cwd, named)
    return validated(file, parsed(file, true))
  }
  for (let directory = cwd; ; directory = dirname(directory)) {
    const file = join(directory, 'package.json')
    const content = parsed(file, false)
    if (isObject(content) && 'leakwatch' in content) return validated(`${file}, key 'leakwatch'`, content.leakwatch)
    if (dirname(directory) === directory) return none
  }
}

/**
 * As `readConfig`, for callers that can be told at once.
 * @throws LeakwatchError `ERR_LEAKWATCH_CONFIG`
 */
export function requireConfig(env: Readonly<Record<string, string | undefined>>, cwd: string | null): WatchOptions {
  const { notes: [note], options } = readConfig(env, cwd)
  if (note !== undefined) throw new LeakwatchError('ERR_LEAKWATCH_CONFIG', note)
  return options
}

interface Unreadable {
  readonly unreadable: string
}

// A package.json that is not there, or is not to be read, is no mistake; the file that was asked for has to be.
function parsed(file: string, isAskedFor: boolean): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return isAskedFor ? { unreadable: `can't be read (${(error as Error).message})` } satisfies Unreadable : null
  }
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    return isAskedFor ? { unreadable: `wants JSON (${(error as Error).message})` } satisfies Unreadable : null
  }
}

function validated(source: string, content: unknown): Config {
  if (!isObject(content)) return { ...none, notes: [`${source} wants an object of options.`] }
  if (typeof content.unreadable === 'string') return { ...none, notes: [`LEAKWATCH_CONFIG: ${source} ${content.unreadable}.`] }
  const options: Record<string, unknown> = {}
  const notes: string[] = []
  let { tests } = none
  for (const [name, value] of Object.entries(content)) {
    const fault = !names.includes(name) ? unknownOption(name) : faultIn(() => {
      if (name === 'tests') tests = resolveTests(value)
      else resolve({ [name]: value })
    })
    if (fault !== null) notes.push(`${source}: ${fault}`)
    else if (name !== 'tests') options[name] = value
  }
  return { options, tests, notes }
}

function faultIn(resolving: () => void): string | null {
  try {
    resolving()
    return null
  } catch (error) {
    if (!isLeakwatchError(error)) throw error
    return error.message
  }
}

function unknownOption(name: string): string {
  const meant = nearest(name, names)
  return `Unknown option '${name}'. ${meant === null ? `Valid are ${names.join(', ')}.` : `Did you mean '${meant}'?`}`
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
