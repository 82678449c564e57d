import { currentDirectory } from '../../collect/snapshot/listing.ts'
import { threads } from '../../collect/thread.ts'
import { defaultGroups } from '../../model/resource.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { tell } from '../../session/say.ts'
import { readPlan } from '../../session/options/read-plan.ts'
import { withAllStacks } from '../../session/tests/all-stacks.ts'
import type { TestSettings } from '../../session/tests/defaults.ts'

export interface AdapterSettings {
  readonly settings: Settings
  readonly tests: TestSettings
  /** Packages of the runner, as beginnings of paths inside node_modules, whose resources are not the tests'. */
  readonly own: readonly string[]
}

/**
 * What environment and file of options ask of an adapter: as of `register`, with timers and what HTTP has open among the default
 * types, and each stack captured where `adaptive` is asked for. What is wrong is said on standard error.
 *
 * @param own Packages of the runner, as beginnings of paths inside node_modules, whose resources are not the tests'
 */
export function adapterSettings(own: readonly string[]): AdapterSettings {
  const { settings, tests, notes } = readPlan(process.env, currentDirectory(), [...defaultGroups, 'timers', 'http'])
  if (threads().isMainThread) for (const note of notes) tell(note)
  return { settings: withAllStacks(settings), tests, own }
}
