// What the entries of the adapters load: one script for all runners, since a script of its own takes V8 longer than its few functions do.
export { watchingEnvironment } from './runners/jest.ts'
export { mochaPlugins } from './runners/mocha.ts'
export { watchNodeTest } from './runners/node-test.ts'
export { watchTap } from './runners/tap.ts'
export { watchVitest } from './runners/vitest.ts'
export { allow } from './watching/adapter.ts'
