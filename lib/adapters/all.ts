// What the entries of the adapters load: one script with the runners that begin a process for each file, since a script of its own takes V8 longer than
// their few functions do. Those that run many files in one process are a part of it, run when one of them is asked for.
import * as jest from './runners/jest.ts'
import * as mocha from './runners/mocha.ts'

export { watchNodeTest } from './runners/node-test.ts'
export { watchTap } from './runners/tap.ts'
export { watchVitest } from './runners/vitest.ts'
export { allow } from './watching/adapter.ts'

export const mochaPlugins: typeof mocha.mochaPlugins = () => mocha.mochaPlugins()
export const watchingEnvironment: typeof jest.watchingEnvironment = Environment => jest.watchingEnvironment(Environment)
