import { fileURLToPath } from 'node:url'
import { codeOf } from './child.ts'
import { type Given, misused } from './line/args.ts'
import { commands } from './line/commands.ts'
import { variablesOf } from './line/variables.ts'
import { startOf } from './program.ts'

/**
 * Runs a program under the preload, with the flags as its environment, and resolves with its exit code.
 * @param home URL of the folder of the entries
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 */
export async function run({ values, words }: Given, home: URL): Promise<number> {
  const [program, ...args] = words
  if (program === undefined || program === '') throw misused(`leakwatch run wants a program: leakwatch ${commands.run.usage}`)
  const asked = variablesOf(values)
  const start = startOf([program, ...args], fileURLToPath(new URL('register.cjs', home)))
  const signal = asked.LEAKWATCH_SIGNAL as NodeJS.Signals | undefined
  return await codeOf({ ...start, env: { ...start.env, ...asked } }, signal === undefined ? [] : [signal])
}
