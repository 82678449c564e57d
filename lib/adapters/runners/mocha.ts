import { readFileSync } from '../../collect/taps/untapped.ts'
import { tell } from '../../session/say.ts'
import { atUncaught } from '../../session/moments/exit.ts'
import { isWatched, openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import { tellCollected } from '../watching/collected.ts'
import { GlobalSetup, openIn } from '../watching/global-setup.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { type Callable, within } from '../watching/within.ts'
import { LateErrors } from './mocha-late.ts'
import { type Context, filesIn, hasFailedHook, hasRun, type HookName, hookNames, lastOfFiles, moveHook, type Runnable, type Suite } from './mocha-model.ts'

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
  globalSetup(this: unknown): void
  globalTeardown(): void
}

const own = ['mocha/', 'workerpool/']

export function mochaPlugins(): MochaPlugins {
  const nothing = { hooks: {}, globalSetup: () => {}, globalTeardown: () => {} }
  const version = versionRunning()
  if (version !== null && Number.parseInt(version, 10) < 8) {
    tell(`no test is watched: Mocha ${version} calls no root hooks of what it requires. leakwatch/mocha needs Mocha 8 or later.`)
    return nothing
  }
  const opened = isWatched() ? null : openFile(own)
  if (opened === null) return nothing
  const setup = new GlobalSetup(opened)
  return {
    hooks: new MochaRun(opened, setup).hooks as MochaHooks,
    globalSetup() {
      // With --watch no file was loaded yet: what is open is what Mocha watches them by.
      if (!isRunner(this)) opened.judging?.setAside(openIn(opened))
      setup.begin()
    },
    globalTeardown: () => setup.end(),
  }
}

// Of a run that has been prepared. If `suite` vanishes: what stands at the top level of files is told of none.
function isRunner(context: unknown): boolean {
  return typeof context === 'object' && context !== null && 'suite' in context
}

/** The tests of a process, of one file after the other. */
class MochaRun {
  readonly hooks: Readonly<Record<HookName, (this: Context) => unknown>>
  readonly #setup: GlobalSetup
  #file: FileWatch
  /** In which the files were loaded. */
  #loaded: FileWatch
  /** Files that are not over. */
  readonly #left = new Set<string>()
  readonly #outside: { readonly apply: ReturnType<FileWatch['scopes']['within']> }
  readonly #late = new LateErrors()
  readonly #wrapped = new WeakSet<Runnable>()
  readonly #calledWithin = new WeakSet<Callable>()
  #current: TestWatch | null = null

  constructor(opened: FileWatch, setup: GlobalSetup) {
    this.#setup = setup
    this.#loaded = this.#file = opened
    this.#outside = { apply: opened.scopes.within(null) }
    let current: Runnable | null = null
    this.hooks = {
      beforeAll: onContext(context => this.#begin(context)),
      beforeEach: onContext(context => {
        current = context.currentTest
        this.#beginTest(context)
      }),
      afterEach: onContext(context => this.#endTest(context)),
      afterAll: onContext(context => this.#end(context)),
    }
    // Of a test that has passed it is judged what it leaves, with its line.
    atUncaught(error => { if (current?.state !== 'passed') tellCollected(error, opened.recording) })
  }

  #begin({ test }: Context): void {
    this.#setup.end()
    const root = test.parent!
    for (const name of filesIn(root)) this.#left.add(name)
    // What was required before us has added its own.
    for (const name of ['beforeEach', 'afterEach', 'afterAll'] as const) {
      moveHook(root.getHooks(name), this.hooks[name] as Callable, name === 'beforeEach' ? 'first' : 'last')
    }
    this.#wrapHooks(root)
    // What hooks of the root close at the very end may be any file's: with such hooks all files are judged after them, as one.
    if (root.getHooks('afterAll').length > 1) return
    const lasts = lastOfFiles(root)
    // Of the run that begins: with --watch the process goes on to others.
    this.#loaded = this.#file
    if (lasts.length > 1) this.#loaded.holdBack()
    for (const suite of lasts) {
      suite.afterAll('leakwatch', onContext(async context => {
        context.timeout(0)
        await this.#finish(root, suite.file === undefined ? [] : [suite.file])
      }))
    }
  }

  #beginTest({ currentTest: test, test: hook }: Context): void {
    if (test.file !== undefined) this.#file.files = [test.file]
    this.#current = this.#file.begin(test.fullTitle())
    // Until the next of them begins, Mocha takes this hook for what runs.
    hook.callback = this.#late.add
    this.#late.hold(test)
    // Another attempt at a test is its copy, function and all.
    const { fn } = test
    if (fn === undefined || this.#calledWithin.has(fn)) return
    test.fn = within(fn.length === 0 ? fn : callingBack(fn), () => this.#current)
    this.#calledWithin.add(test.fn)
  }

  async #endTest(context: Context): Promise<void> {
    const { currentTest: test, test: hook } = context
    context.timeout(0)
    // After an attempt that is not the last one there is no state.
    const isPassed = test.state === 'passed' && !hasFailedHook(test)
    hideOwnFrames(test.err)
    // What comes when it is over is told with the next test, or in the end.
    hook.callback = this.#late.add
    const uncaught = await this.#late.orLeak(async () => {
      const error = await this.#current?.end(isPassed ? 'passed' : 'failed') ?? null
      this.#current = null
      return error
    })
    if (uncaught === null) return
    // Thrown, it would end the whole run. Of a test that has failed already Mocha tells no more, and of an attempt nothing.
    if (isPassed) hook.error(uncaught)
    else if (test.state !== 'failed') this.#late.add(uncaught)
  }

  async #end(context: Context): Promise<void> {
    context.timeout(0)
    try {
      await this.#finish(context.test.parent!, [...this.#left])
    } finally {
      this.#file.rest()
    }
  }

  async #finish(root: Suite, files: readonly string[]): Promise<void> {
    const file = this.#file
    const isLast = [...this.#left].every(name => files.includes(name))
    file.files = files.length === 0 ? filesIn(root) : files
    if (root.hasOnly?.() === true || !hasRun(root, files)) file.isPartial = true
    const error = await this.#late.orLeak(async () => {
      // Before the last file says what is fixed. A hook fails with one error: where that is it, the hook of the root judges the file.
      const held = isLast ? await this.#loaded.finishHeldBack(filesIn(root)) : null
      if (held !== null) return held
      for (const name of files) this.#left.delete(name)
      const left = await file.finish('file', files)
      this.#file = openFile(own)!
      return left
    })
    if (error !== null) throw error
  }

  // Mocha calls a hook where the test before it ended, in that test's context: what hooks of a suite open belongs to no test.
  #wrapHooks(suite: Suite): void {
    for (const name of hookNames) {
      for (const hook of suite.getHooks(name)) {
        if (hook.fn === undefined || hook.fn === this.hooks[name] || this.#wrapped.has(hook)) continue
        this.#wrapped.add(hook)
        hook.fn = within(hook.fn, name.endsWith('All') ? () => this.#outside : () => this.#current)
      }
    }
    for (const inner of suite.suites) this.#wrapHooks(inner)
  }
}

// What a test hands to its callback, Mocha has shortened by the time that it is over.
function callingBack(fn: Callable): Callable {
  return function (this: unknown, done: (error?: unknown) => void) {
    return Reflect.apply(fn, this, [(error?: unknown) => {
      hideOwnFrames(error)
      done(error)
    }])
  }
}

// Mocha hands over what it runs as `this`, and counts parameters.
function onContext<T>(run: (context: Context) => T): (this: Context) => T {
  return function (this: Context) {
    return run(this)
  }
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
