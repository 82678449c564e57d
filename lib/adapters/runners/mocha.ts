import { readFileSync } from '../../collect/taps/untapped.ts'
import { say } from '../../session/say.ts'
import { openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
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
  fullTitle(): string
  error(error: Error): void
}

interface Suite {
  readonly suites: readonly Suite[]
  readonly tests: readonly Runnable[]
  readonly file?: string
  getHooks(name: 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll'): Runnable[]
  afterAll(title: string, fn: () => Promise<void>): void
  /** Whether some of its tests alone are run. */
  hasOnly?(): boolean
}

interface Context {
  readonly test: Runnable
  readonly currentTest: Runnable
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
  /** Files that are not over. */
  const left = new Set<string>()
  const outside = { apply: file.scopes.within(null) }
  const wrapped = new WeakSet<Runnable>()
  const calledWithin = new WeakSet<Callable>()
  const ours = {
    beforeAll(this: Context) {
      setup.end()
      const root = this.test.parent!
      for (const name of filesIn(root)) left.add(name)
      // Ours were the first to be added, and have to be the last to be called.
      for (const name of ['afterEach', 'afterAll'] as const) moveToEnd(root.getHooks(name))
      wrapHooks(root)
      // What hooks of the root close at the very end may be any file's: with such hooks all files are judged after them, as one.
      if (root.getHooks('afterAll').length === 1) for (const suite of lastOfFiles(root)) suite.afterAll('leakwatch', () => finish(root, suite.file === undefined ? [] : [suite.file]))
    },
    beforeEach(this: Context) {
      const test = this.currentTest
      if (test.file !== undefined) file.files = [test.file]
      running = file.begin(test.fullTitle())
      // Another attempt at a test is its copy, function and all.
      const { fn } = test
      if (fn === undefined || calledWithin.has(fn)) return
      test.fn = within(fn, () => running)
      calledWithin.add(test.fn)
    },
    async afterEach(this: Context) {
      // After an attempt that is not the last one there is no state.
      hideOwnFrames(this.currentTest.err)
      const error = await running?.end(this.currentTest.state === 'passed' ? 'passed' : 'failed')
      running = null
      // Thrown, it would end the whole run.
      if (error) this.test.error(error)
    },
    async afterAll(this: Context) {
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
    const error = await file.finish('file', files)
    file = openFile(own)!
    if (error !== null) throw error
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
