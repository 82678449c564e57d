// Node tells nobody of its tests but an AsyncHook: each is an async resource of type Test, and calls its function and hooks through its own
// `runInAsyncScope`. Where that is not so any more, tests are not judged one by one, and what they leave open is told as the file ends.
import { AsyncResource } from 'node:async_hooks'
import { isLeakError } from '../../model/errors.ts'
import { listenTo } from '../../session/recording.ts'
import { finishAtExit, isWatched, openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { type Callable, interceptCalls, within } from '../watching/within.ts'

interface NodeTest {
  /** Of a hook alone. */
  readonly hookType?: string
  /** Undocumented: where it vanishes, what a skipped test leaves and is on file is taken for fixed. */
  readonly skipped?: boolean
  /** Undocumented: where it vanishes, a test that fails by what nobody catches is blamed for what it leaves. */
  readonly error?: { readonly cause?: unknown, readonly failureType?: unknown } | null
  /** Undocumented: where they vanish, a test that fails by one within it is blamed for what it leaves. */
  readonly subtests?: readonly NodeTest[]
  readonly isTodo?: boolean
  readonly parent?: NodeTest | null
  /** Undocumented, whose signal is aborted once a test is over: where it vanishes, what ends by it is blamed. */
  readonly abortController?: { abort(): void }
  /** Undocumented: where they vanish, what a hook is to close that another hook has added is blamed. */
  readonly hooks?: { readonly after?: readonly unknown[] }
}

interface TestContext {
  readonly name: string
  readonly fullName?: string
  after?(fn: () => Promise<void>): void
}

/** Tests that have begun, and are not through. */
type Running = Map<NodeTest, TestWatch>

/** Watches the tests of `node:test` in this process, from the first on. */
export function watchNodeTest(): void {
  if (isWatched()) return
  let isTested = false
  const running: Running = new Map()
  const finish = (file: FileWatch) => finishAtExit({
    recording: file.recording,
    finishNow() {
      for (const [resource, test] of running) if (isBeyondJudging(resource)) void test.end('failed')
      return file.finishNow()
    },
    // Workers and processes that tests start are given `--import` too: without tests of their own, how they end is their own affair.
  }, () => isTested || isLoaded())
  const file = openFile([], finish)
  if (file === null) return
  file.isPartial = isFiltered()
  if (file.settings.tests.per !== 'process') finish(file)
  const watched = new WeakSet<object>()
  listenTo('Test', resource => {
    const prototype = testPrototype(resource)
    if (prototype === null || watched.has(prototype)) return
    watched.add(prototype)
    isTested = true
    watch(prototype, file, running)
  })
}

// A filter leaves out tests without a word, and what runs them all in one process does not tell which is whose.
function isFiltered(): boolean {
  return process.execArgv.some(argument => argument === '--test' || /^--test-(?:name-pattern|skip-pattern|only)/.test(argument))
}

// Whether this thread has loaded Node's tests: where they are announced no more, that alone tells. If `moduleLoadList` vanishes: they are announced.
function isLoaded(): boolean {
  const { moduleLoadList = [] } = process as { moduleLoadList?: readonly string[] }
  return moduleLoadList.some(name => name.includes('internal/test_runner/'))
}

// The class of tests itself; suites and hooks derive from it.
function testPrototype(resource: object): object | null {
  let prototype = Object.getPrototypeOf(resource) as object | null
  while (prototype !== null && Object.getPrototypeOf(prototype) !== AsyncResource.prototype) prototype = Object.getPrototypeOf(prototype) as object | null
  return prototype !== null && 'runHook' in prototype ? prototype : null
}

// An error that nobody catches, a limit of time or a test within it fails a test while its function goes on, and one that skips itself is not to fail.
function isBeyondJudging({ error, skipped, subtests = [] }: NodeTest): boolean {
  return skipped === true || (error !== undefined && error !== null) || subtests.some(hasFailedByItself)
}

// For another reason than what it, or one within it, leaves.
function hasFailedByItself({ error, isTodo, subtests = [] }: NodeTest): boolean {
  if (error === undefined || error === null || isTodo === true || isLeakError(error.cause)) return false
  return error.failureType !== 'subtestsFailed' || subtests.some(hasFailedByItself)
}

function watch(prototype: object, file: FileWatch, running: Running): void {
  const tests = new WeakMap<TestContext, TestWatch>()
  const testOf = (context: TestContext) => {
    const around = file.current()
    let test = tests.get(context)
    if (test === undefined) tests.set(context, test = file.begin(around === null ? context.fullName ?? context.name : context.name, around))
    return test
  }
  interceptCalls(prototype, ({ resource, fn, thisArg, args }, make) => {
    const { hookType, parent, skipped } = resource as AsyncResource & NodeTest
    if (skipped === true) file.isPartial = true
    const context = thisArg as TestContext
    const isOfTest = hookType === undefined ? parent !== null && resource.constructor.name !== 'Suite' : hookType.endsWith('Each')
    // A suite has no `after`, nor anything of its own: what it opens as it is defined belongs to the file.
    if (!isOfTest || typeof context?.after !== 'function') {
      const around = hookType === 'after' && typeof context === 'object' && context !== null ? tests.get(context) : undefined
      return around === undefined ? make(fn, thisArg, ...args) : callHook(around, () => make(fn, thisArg, ...args))
    }
    const test = testOf(context)
    const called = within(fn, () => test)
    if (hookType !== undefined) return callHook(test, () => make(called, thisArg, ...args))
    running.set(resource as NodeTest, test)
    const end = (): 'passed' | 'failed' => {
      running.delete(resource as NodeTest)
      // It may skip itself while it runs.
      if ((resource as NodeTest).skipped === true) file.isPartial = true
      return isBeyondJudging(resource as NodeTest) ? 'failed' : 'passed'
    }
    return callTest({ file, test, context, resource: resource as NodeTest, end }, make.bind(null, called, context), args)
  })
}

// Where a hook fails, so does the test, whose function or last hook Node calls no more.
function callHook(test: TestWatch, call: () => unknown): unknown {
  const failed = (error: unknown) => {
    if (isLeakError(error)) return
    hideOwnFrames(error)
    void test.end('failed')
  }
  let returned: unknown
  try {
    returned = call()
  } catch (error) {
    failed(error)
    throw error
  }
  if (!(returned instanceof Promise)) return returned
  return returned.catch((error: unknown) => {
    failed(error)
    throw error
  })
}

interface Called {
  readonly file: FileWatch
  readonly test: TestWatch
  readonly context: TestContext
  readonly resource: NodeTest
  readonly end: () => 'passed' | 'failed'
}

// The last of the test's own hooks is called after every other hook: it is added when the function is through, and again behind those that hooks have added.
function callTest({ file, test, context, resource, end }: Called, call: Callable, args: unknown[]): unknown {
  const lastHook = () => resource.hooks?.after?.at(-1)
  const judge = (): void => {
    context.after?.(async () => {
      if (lastHook() !== ours) return judge()
      // As Node does next.
      resource.abortController?.abort()
      const error = await test.end(isBeyondJudging(resource) ? 'failed' : 'passed')
      if (error !== null) throw error
    })
    const ours = lastHook()
  }
  // A hook of its own takes Node longer than an empty test.
  const passed = () => {
    if (end() === 'failed') void test.end('failed')
    else if (!file.letRest(test, judge)) judge()
  }
  const failed = (error: unknown) => {
    end()
    hideOwnFrames(error)
    void test.end('failed')
  }
  const [first, callback, ...rest] = args
  if (typeof callback === 'function') {
    let isCalled = false
    return call(first, (error: unknown) => {
      // Called again it fails the test, which Node says.
      if (isCalled) hideOwnFrames(error)
      else if (error === undefined || error === null) passed()
      else failed(error)
      isCalled = true
      Reflect.apply(callback, undefined, [error])
    }, ...rest)
  }
  let returned: unknown
  try {
    returned = call(...args)
  } catch (error) {
    failed(error)
    throw error
  }
  if (!(returned instanceof Promise)) {
    passed()
    return returned
  }
  return returned.then(value => {
    passed()
    return value
  }, (error: unknown) => {
    failed(error)
    throw error
  })
}
