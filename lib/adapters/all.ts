// What the entries of the adapters load: one script for the runners that begin a process for each file, since a script of its own takes V8 longer than
// their few functions do. The others are run when they are asked for: those would have none of them.
import * as jest from './runners/jest.ts'
import * as mocha from './runners/mocha.ts'
import * as tap from './runners/tap.ts'

export { watchNodeTest } from './runners/node-test.ts'
export { watchVitest } from './runners/vitest.ts'
export { allow } from './watching/adapter.ts'

export const mochaPlugins: typeof mocha.mochaPlugins = () => mocha.mochaPlugins()
export const watchTap: typeof tap.watchTap = t => tap.watchTap(t)
export const watchingEnvironment: typeof jest.watchingEnvironment = Environment => jest.watchingEnvironment(Environment)
