import { currentDirectory } from '../../collect/snapshot/kernel.ts'
import { threads } from '../../collect/thread.ts'
import { expressionOf } from '../../model/matcher.ts'
import { defaultGroups } from '../../model/resource.ts'
import type { Settings } from '../../model/settings.ts'
import { readConfig } from '../../session/config.ts'
import { readEnv } from '../../session/env.ts'
import { say } from '../../session/output.ts'
import type { TestSettings } from '../../session/tests/settings.ts'

export interface AdapterSettings {
  readonly settings: Settings
  readonly tests: TestSettings
  /** Packages of the runner, whose resources are not the tests'. */
  readonly own: readonly RegExp[]
}

/**
 * What environment and file of options ask of an adapter: as of `register`, with timers and what HTTP has open among the default
 * types. What is wrong is said on standard error.
 *
 * @param own Packages of the runner, whose resources are not the tests'
 */
export function adapterSettings(own: readonly string[]): AdapterSettings {
  const config = readConfig(process.env, currentDirectory())
  const options = { types: [...defaultGroups, 'timers', 'http'], ...config.options }
  const { settings, notes } = readEnv(process.env, { ...config, options })
  if (threads().isMainThread) for (const note of notes) say(`leakwatch: ${note}\n`)
  return { settings, tests: config.tests, own: own.map(expressionOf) }
}
