import { defaultGroups, type Group } from '../../model/resource.ts'
import { readConfig } from './config.ts'
import { readEnv } from './env.ts'
import { findOptions } from './file.ts'
import { type Env, isOurs, type Plan, unaskedPlan } from './plan.ts'

/**
 * What the environment asks for, and a file of options behind it. Mostly that is nothing, and then what reads them is not even loaded.
 *
 * @param byDefault Groups that are recorded unless others are asked for
 */
export function readPlan(env: Env, cwd: string | null, byDefault: readonly Group[] = defaultGroups): Plan {
  const file = findOptions(env, cwd)
  if (file !== null || Object.keys(env).some(isOurs)) return readEnv(env, readConfig(file, { types: byDefault }))
  return unaskedPlan(byDefault)
}
