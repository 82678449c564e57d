// The entry `leakwatch/jest`: `testEnvironment: 'leakwatch/jest'`. Each test that leaves something open fails.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { adapters } from './loaded.ts'
import type { EnvironmentClass } from './runners/jest.ts'

export { allow } from './allow.ts'

/**
 * The test environment, watching the tests that run in it: for those that are not Node's.
 * @example
 * export default watched(JsdomEnvironment)
 */
export function watched<E extends EnvironmentClass>(Environment: E): E {
  return adapters()?.watchingEnvironment(Environment) ?? Environment
}

/** Jest's own environment for Node, watching. */
const NodeEnvironment: EnvironmentClass = watched(nodeEnvironment())
export default NodeEnvironment

// It comes with Jest, where package managers that nest dependencies hide it from the project.
function nodeEnvironment(): EnvironmentClass {
  let require = createRequire(join(process.cwd(), 'package.json'))
  for (const through of ['jest', 'jest-cli', 'jest-config']) {
    try {
      return (require('jest-environment-node') as { TestEnvironment: EnvironmentClass }).TestEnvironment
    } catch {
      require = createRequire(require.resolve(through))
    }
  }
  return (require('jest-environment-node') as { TestEnvironment: EnvironmentClass }).TestEnvironment
}
