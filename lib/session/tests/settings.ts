import { requireFlag, requireNumber, requireOneOf, requireOptions } from '../../model/settings/values.ts'
import { defaultTests, type Per, type TestOptions, type TestSettings } from './defaults.ts'

const pers: readonly Per[] = ['test', 'file', 'process']
const names: readonly (keyof TestOptions)[] = ['per', 'collect', 'hangMs']
const hangLimitMs = 600_000

/**
 * The settings that the key `tests` asks for.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function resolveTests(given: unknown): TestSettings {
  requireOptions(given, names, 'tests')
  const { per = defaultTests.per, collect = defaultTests.collect, hangMs = defaultTests.hangMs } = given as TestOptions
  return Object.freeze({ per: requireOneOf('tests.per', per, pers), collect: requireFlag('tests.collect', collect), hangMs: requireNumber('tests.hangMs', hangMs, hangLimitMs) })
}
