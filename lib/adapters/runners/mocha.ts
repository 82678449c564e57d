import { readFileSync } from '../../collect/taps/untapped.ts'
import { say } from '../../session/say.ts'
import { openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { type Callable, within } from '../watching/within.ts'

interface Runnable {
  fn?: Callable
  readonly parent?: Suite
  state?: string
  /** What it failed with. */
  readonly err?: unknown
  fullTitle(): string
  error(error: Error): void
}

interface Suite {
  readonly suites: readonly Suite[]
  readonly file?: string
  getHooks(name: 'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll'): Runnable[]
  afterAll(title: string, fn: () => Promise<void>): void
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

const own = ['mocha/']

export function mochaHooks(): MochaHooks {
  const version = versionRunning()
  if (version !== null && Number.parseInt(version, 10) < 8) {
    say(`leakwatch: no test is watched: Mocha ${version} calls no root hooks of what it requires. leakwatch/mocha needs Mocha 8 or later.\n`)
    return {}
  }
  const opened = openFile(own)
  if (opened === null) return {}
  let file: FileWatch = opened
  let running: TestWatch | null = null
  const outside = { apply: file.scopes.within(null) }
  const wrapped = new WeakSet<Runnable>()
  const calledWithin = new WeakSet<Callable>()
  const ours = {
    beforeAll(this: Context) {
      const root = this.test.parent!
      // Ours were the first to be added, and have to be the last to be called.
      for (const name of ['afterEach', 'afterAll'] as const) moveToEnd(root.getHooks(name))
      wrapHooks(root)
      // What hooks of the root close at the very end may be any file's: with such hooks all files are judged after them, as one.
      if (root.getHooks('afterAll').length === 1) for (const suite of lastOfFiles(root)) suite.afterAll('leakwatch', finish)
    },
    beforeEach(this: Context) {
      const test = this.currentTest
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
    async afterAll() {
      try {
        await finish()
      } finally {
        file.rest()
      }
    },
  }

  async function finish(): Promise<void> {
    const error = await file.finish()
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

  return ours as MochaHooks
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
