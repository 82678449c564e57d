import { watchingEnvironment as jest } from './runners/jest.ts'
import { mochaHooks as mocha } from './runners/mocha.ts'
import { watchNodeTest as nodeTest } from './runners/node-test.ts'
import { watchTap as tap } from './runners/tap.ts'
import { watchVitest as vitest } from './runners/vitest.ts'

export { allow } from './watching/adapter.ts'

// Called, not exported: in the bundle each runner lies in a file of its own, which is run for those who use it.
export const mochaHooks: typeof mocha = () => mocha()
export const watchingEnvironment: typeof jest = Environment => jest(Environment)
export const watchNodeTest: typeof nodeTest = () => nodeTest()
export const watchTap: typeof tap = t => tap(t)
export const watchVitest: typeof vitest = runner => vitest(runner)
