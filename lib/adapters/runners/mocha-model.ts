// What leakwatch knows of Mocha's own objects.
import type { Callable } from '../watching/within.ts'

/** A test or hook. */
export interface Runnable {
  fn?: Callable
  readonly parent?: Suite
  readonly file?: string | undefined
  state?: string
  /** What it failed with. */
  readonly err?: unknown
  /** Called with what nobody caught while it runs, of which Mocha has made an Error. */
  callback?: ((error: Error) => void) | undefined
  clearTimeout(): void
  isPassed(): boolean
  fullTitle(): string
  error(error: Error): void
}

export interface Suite {
  readonly parent?: Suite | undefined
  readonly suites: readonly Suite[]
  readonly tests: readonly Runnable[]
  readonly file?: string
  getHooks(name: HookName): Runnable[]
  afterAll(title: string, fn: (this: Context) => Promise<void>): void
  /** Whether some of its tests alone are run. */
  hasOnly?(): boolean
}

/** What tests and hooks are called on. */
export interface Context {
  readonly test: Runnable
  readonly currentTest: Runnable
  timeout(ms: number): void
}

export const hookNames = ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'] as const
export type HookName = (typeof hookNames)[number]

export function filesIn(root: Suite): readonly string[] {
  return [...new Set([...root.suites, ...root.tests].flatMap(({ file }) => file ?? []))]
}

/** The last suite of each file: in one process Mocha runs those of every file under one root. */
export function lastOfFiles({ suites }: Suite): readonly Suite[] {
  return suites.filter(({ file }, index) => file !== suites[index + 1]?.file)
}

/** Whether every test of some files has run. What a filter leaves out has no state, and what is skipped another one. */
export function hasRun({ tests, suites }: Suite, files: readonly string[]): boolean {
  const isOver = ({ file, state }: Runnable) => file === undefined || !files.includes(file) || state === 'passed' || state === 'failed'
  return tests.every(isOver) && suites.every(suite => hasRun(suite, files))
}

/** Whether a hook after a test has failed: what it was to close it has left, and its own error goes before that. Mocha runs no more tests of its suite. */
export function hasFailedHook(test: Runnable): boolean {
  for (let suite = test.parent; suite !== undefined; suite = suite.parent) {
    if (suite.getHooks('afterEach').some(({ state }) => state === 'failed')) return true
  }
  return false
}

/** Has a hook that is called by its function called as the first, or as the last, of those that stand beside it. */
export function moveHook(hooks: Runnable[], fn: Runnable['fn'], to: 'first' | 'last'): void {
  const ours = hooks.find(hook => hook.fn === fn)
  if (ours === undefined) return
  const others = hooks.splice(0).filter(hook => hook !== ours)
  hooks.push(...to === 'first' ? [ours, ...others] : [...others, ours])
}
