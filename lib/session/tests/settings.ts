import { LeakwatchError } from '../../model/errors.ts'
import { nearest } from '../../model/text/nearest.ts'
import { defaultTests, type Per, type TestOptions, type TestSettings } from './defaults.ts'

const pers: readonly Per[] = ['test', 'file', 'process']
const names: readonly (keyof TestOptions)[] = ['per', 'collect', 'hangMs']
const hangLimitMs = 600_000

/**
 * The settings that the key `tests` asks for.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolveTests(given: unknown): TestSettings {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw invalid('tests', 'an object', given, `It may hold ${names.join(', ')}.`)
  for (const name of Object.keys(given)) {
    if ((names as readonly string[]).includes(name)) continue
    const meant = nearest(name, names)
    throw new LeakwatchError('ERR_LEAKWATCH_OPTION_UNKNOWN', `Unknown option 'tests.${name}'. ${meant === null ? `Valid are ${names.join(', ')}.` : `Did you mean '${meant}'?`}`)
  }
  const { per = defaultTests.per, collect = defaultTests.collect, hangMs = defaultTests.hangMs } = given as TestOptions
  if (!pers.includes(per)) throw invalid('tests.per', `one of ${pers.join(', ')}`, per, 'Leave it out for the default.')
  if (typeof collect !== 'boolean') throw invalid('tests.collect', 'true or false', collect, 'Leave it out for the default.')
  if (!Number.isInteger(hangMs) || hangMs < 0 || hangMs > hangLimitMs) throw invalid('tests.hangMs', `a whole number from 0 to ${hangLimitMs}`, hangMs, 'Leave it out for the default.')
  return Object.freeze({ per, collect, hangMs })
}

function invalid(name: string, wanted: string, given: unknown, advice: string): LeakwatchError {
  const shown = typeof given === 'string' ? `'${given}'` : typeof given === 'object' && given !== null ? 'an object' : String(given)
  return new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', `Option '${name}' wants ${wanted}, but was given ${shown}. ${advice}`)
}
