import { readFileSync } from '../../collect/taps/untapped.ts'
import { say } from '../../session/say.ts'
import type { LeakError } from '../../model/errors.ts'
import { collectedHandleOf } from '../../session/moments/crash.ts'
import { atUncaught } from '../../session/moments/exit.ts'
import { openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import { tellCollected } from '../watching/collected.ts'
import { GlobalSetup } from '../watching/global-setup.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { type Callable, within } from '../watching/within.ts'

interface Runnable {
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

interface Suite {
  readonly parent?: Suite | undefined
  readonly suites: readonly Suite[]
  readonly tests: readonly Runnable[]
  readonly file?: string
  getHooks(name: 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll'): Runnable[]
  afterAll(title: string, fn: (this: Context) => Promise<void>): void
  /** Whether some of its tests alone are run. */
  hasOnly?(): boolean
}

interface Context {
  readonly test: Runnable
  readonly currentTest: Runnable
  timeout(ms: number): void
}

/** Root hooks as `mocha --require` takes them. */
export interface MochaHooks {
  beforeAll?(this: unknown): void
  beforeEach?(this: unknown): void
  afterEach?(this: unknown): Promise<void>
  afterAll?(this: unknown): Promise<void>
}

/** What `mocha --require` takes of an entry. */
export interface MochaPlugins {
  readonly hooks: MochaHooks
  /** Called before the set-ups of whatever is required after it, and before their teardowns. */
  globalSetup(): void
  globalTeardown(): void
}

const own = ['mocha/', 'workerpool/']

export function mochaPlugins(): MochaPlugins {
  const nothing = { hooks: {}, globalSetup: () => {}, globalTeardown: () => {} }
  const version = versionRunning()
  if (version !== null && Number.parseInt(version, 10) < 8) {
    say(`leakwatch: no test is watched: Mocha ${version} calls no root hooks of what it requires. leakwatch/mocha needs Mocha 8 or later.\n`)
    return nothing
  }
  const opened = openFile(own)
  if (opened === null) return nothing
  let file: FileWatch = opened
  const setup = new GlobalSetup(opened)
  let running: TestWatch | null = null
  /** What nobody caught between the test that runs and its hooks, on either side. */
  const late: Error[] = []
  /** Files that are not over. */
  const left = new Set<string>()
  const outside = { apply: file.scopes.within(null) }
  const wrapped = new WeakSet<Runnable>()
  const calledWithin = new WeakSet<Callable>()
  let current: Runnable | null = null
  // Of a test that has passed it is judged what it leaves, with its line.
  atUncaught(error => { if (current?.state !== 'passed') tellCollected(error, opened.recording) })
  const ours = {
    beforeAll(this: Context) {
      setup.end()
      const root = this.test.parent!
      for (const name of filesIn(root)) left.add(name)
      // Ours were the first to be added, and have to be the last to be called.
      for (const name of ['afterEach', 'afterAll'] as const) moveToEnd(root.getHooks(name))
      wrapHooks(root)
      // What hooks of the root close at the very end may be any file's: with such hooks all files are judged after them, as one.
      if (root.getHooks('afterAll').length > 1) return
      for (const suite of lastOfFiles(root)) {
        suite.afterAll('leakwatch', async function (this: Context) {
          this.timeout(0)
          await finish(root, suite.file === undefined ? [] : [suite.file])
        })
      }
    },
    beforeEach(this: Context) {
      const test = current = this.currentTest
      if (test.file !== undefined) file.files = [test.file]
      running = file.begin(test.fullTitle())
      // Until the next of them begins, Mocha takes this hook for what runs.
      this.test.callback = error => late.push(error)
      holdLate(test)
      // Another attempt at a test is its copy, function and all.
      const { fn } = test
      if (fn === undefined || calledWithin.has(fn)) return
      test.fn = within(fn, () => running)
      calledWithin.add(test.fn)
    },
    async afterEach(this: Context) {
      this.timeout(0)
      // After an attempt that is not the last one there is no state.
      const isPassed = this.currentTest.state === 'passed' && !hasFailedHook(this.currentTest)
      hideOwnFrames(this.currentTest.err)
      const { test: hook } = this
      // What comes when it is over is told with the next test, or in the end.
      hook.callback = error => late.push(error)
      const uncaught = await firstOf(late, async () => {
        const error = await running?.end(isPassed ? 'passed' : 'failed') ?? null
        running = null
        return error
      })
      if (uncaught === null) return
      // Thrown, it would end the whole run. Of a test that has failed already Mocha tells no more, and of an attempt nothing.
      if (isPassed) hook.error(uncaught)
      else if (this.currentTest.state !== 'failed') late.push(uncaught)
    },
    async afterAll(this: Context) {
      this.timeout(0)
      const root = this.test.parent!
      try {
        await finish(root, [...left])
      } finally {
        file.rest()
      }
    },
  }

  async function finish(root: Suite, files: readonly string[]): Promise<void> {
    for (const name of files) left.delete(name)
    // What stands at the top level of any file is told with the first one.
    if (file === opened || files.length === 0) file.files = filesIn(root)
    if (root.hasOnly?.() === true || !hasRun(root, files)) file.isPartial = true
    const error = await firstOf(late, () => file.finish('file', files))
    file = openFile(own)!
    if (error !== null) throw error
  }

  // An error that nobody catches once a test has passed, and before its hooks begin, is the end of the run for Mocha.
  function holdLate(test: Runnable): void {
    let done = test.callback
    let isAsked = false
    const { clearTimeout, isPassed } = test
    const own = {
      // The first that it does about such an error; then it asks whether the test has passed, in which case it gives up.
      clearTimeout() {
        isAsked = test.state === 'passed'
        if (isAsked) void Promise.resolve().then(() => { isAsked = false })
        Reflect.apply(clearTimeout, test, [])
      },
      isPassed: () => !isAsked && Reflect.apply(isPassed, test, []) as boolean,
      get callback() { return test.state === 'passed' ? (error: Error) => { late.push(error) } : done },
      set callback(callback: Runnable['callback']) { done = callback },
    }
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(own))) Object.defineProperty(test, name, { ...descriptor, enumerable: false })
  }

  // Mocha calls a hook where the test before it ended, in that test's context: what hooks of a suite open belongs to no test.
  function wrapHooks(suite: Suite): void {
    for (const name of ['beforeAll', 'beforeEach', 'afterEach', 'afterAll'] as const) {
      for (const hook of suite.getHooks(name)) {
        if (hook.fn === undefined || hook.fn === ours[name] || wrapped.has(hook)) continue
        wrapped.add(hook)
        hook.fn = within(hook.fn, name.endsWith('All') ? () => outside : () => running)
      }
    }
    suite.suites.forEach(wrapHooks)
  }

  return { hooks: ours as MochaHooks, globalSetup: () => setup.begin(), globalTeardown: () => setup.end() }
}

// What nobody caught before a wait or during it, and what the wait is for where that is all.
async function firstOf(late: Error[], wait: () => Promise<LeakError | null>): Promise<Error | null> {
  const leaked = await wait()
  const uncaught = late.splice(0)
  uncaught.forEach(hideOwnFrames)
  // That the collector took what has leaked says less than where it was opened.
  return leaked !== null && uncaught.every(error => collectedHandleOf(error) !== null) ? leaked : uncaught[0] ?? null
}

// What a hook was to close before it failed, it has left: its own error goes before that. Mocha runs no more tests of its suite.
function hasFailedHook(test: Runnable): boolean {
  for (let suite = test.parent; suite !== undefined; suite = suite.parent) {
    if (suite.getHooks('afterEach').some(({ state }) => state === 'failed')) return true
  }
  return false
}

function filesIn(root: Suite): readonly string[] {
  return [...new Set([...root.suites, ...root.tests].flatMap(({ file }) => file ?? []))]
}

// What a filter leaves out has no state, and what is skipped another one.
function hasRun({ tests, suites }: Suite, files: readonly string[]): boolean {
  const isOver = ({ file, state }: Runnable) => file === undefined || !files.includes(file) || state === 'passed' || state === 'failed'
  return tests.every(isOver) && suites.every(suite => hasRun(suite, files))
}

// Of the Mocha whose command was called; null where it is another's.
function versionRunning(): string | null {
  const [root] = /^.*[\\/]mocha[\\/](?=bin[\\/])/.exec(process.argv[1] ?? '') ?? []
  if (root === undefined) return null
  try {
    return (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { readonly version: string }).version
  } catch {
    return null
  }
}

function moveToEnd(hooks: Runnable[]): void {
  const [first, ...others] = hooks.splice(0)
  if (first !== undefined) hooks.push(...others, first)
}

// In one process Mocha runs the suites of every file under one root.
function lastOfFiles({ suites }: Suite): readonly Suite[] {
  return suites.filter(({ file }, index) => file !== suites[index + 1]?.file)
}
