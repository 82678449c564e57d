import { resolve as absolute } from 'node:path'
import { isLeakwatchError, LeakwatchError } from '../../model/errors.ts'
import { isObject } from '../../model/text/json.ts'
import { optionNames, resolve } from '../../model/settings/options.ts'
import type { WatchOptions } from '../../model/settings/settings.ts'
import { unknownOption } from '../../model/settings/values.ts'
import type { OptionsFile } from './file.ts'
import { defaultTests, type TestSettings } from '../tests/defaults.ts'
import { resolveTests } from '../tests/settings.ts'

/** Options that stand in a file, as far as they are valid. */
export interface Config {
  readonly options: WatchOptions
  readonly tests: TestSettings
  /** What is wrong with the others, a sentence each. */
  readonly notes: readonly string[]
}

const names = [...optionNames, 'tests']

/** The options of a file, as far as they are valid; `byDefault` where it gives none. */
export function readConfig(file: OptionsFile | null, byDefault: WatchOptions = {}): Config {
  const { options, ...rest } = file === null ? none : validated(file)
  return { ...rest, options: { ...byDefault, ...options } }
}

/**
 * As `readConfig`, for callers that can be told at once.
 * @throws LeakwatchError `ERR_LEAKWATCH_CONFIG`
 */
export function requireConfig(file: OptionsFile | null): WatchOptions {
  const { notes: [note], options } = readConfig(file)
  if (note !== undefined) throw new LeakwatchError('ERR_LEAKWATCH_CONFIG', note)
  return options
}

const none: Config = { options: {}, tests: defaultTests, notes: [] }

function validated({ source, directory, content, fault }: OptionsFile): Config {
  if (fault !== null) return { ...none, notes: [`LEAKWATCH_CONFIG: ${source} ${fault}.`] }
  if (!isObject(content)) return { ...none, notes: [`${source} wants an object of options.`] }
  const options: Record<string, unknown> = {}
  const notes: string[] = []
  let { tests } = none
  for (const [name, value] of Object.entries(content)) {
    const wrong = !names.includes(name) ? unknownOption(name, names) : faultIn(() => {
      if (name === 'tests') tests = resolveTests(value)
      else resolve({ [name]: value })
    })
    if (wrong !== null) notes.push(`${source}: ${wrong}`)
    else if (name !== 'tests') options[name] = name === 'baseline' && typeof value === 'string' ? absolute(directory, value) : value
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
