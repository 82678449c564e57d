import { tapEarlier } from '../../collect/taps/fs/earlier.ts'
import { LeakError } from '../../model/errors.ts'
import { finishAtExit, openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { tell } from '../../session/say.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import { type Callable, interceptCalls, within } from '../watching/within.ts'

/** What an adapter needs of a test of tap. */
export interface TapTest {
  readonly name: string
  readonly main: Callable
  /** Missing at the root. */
  readonly parent?: unknown
  readonly idle: boolean
  on(event: 'subtestAdd', listener: (child: TapTest) => void): unknown
  on(event: 'idle', listener: () => void): unknown
  emit(event: 'idle'): unknown
  /** As `teardown`, which has the root end as soon as it idles; missing before tap 18. */
  after?(fn: () => Promise<void>): void
  teardown(fn: () => Promise<void> | void): void
  passing(): boolean
  /** Of points of this level. */
  readonly counts?: { readonly skip: number }
  /** Whether the run ends with the first test that fails. */
  readonly bail?: boolean
  /** Shown with the test point that the parent writes of it. */
  readonly options?: object
  threw: (error: Error, extra?: object) => void
  runMain: (done: () => void) => void
  readonly hook: object
  /** The function of the test; missing where it is a process or a Worker. */
  readonly cb?: unknown
}

// Taken at load: a test may put fake timers in their place.
const { setTimeout, clearTimeout } = globalThis

/** Where `hangMs` is 0. */
const restMs = 5000
const own = ['tap/', '@tapjs/', 'async-hook-domain/']

/** Watches the tests below a test of tap. */
export function watchTap(t: TapTest): void {
  if (t.after === undefined) {
    tell('no test is watched: this tap has no t.after(), and judges a test before its teardowns. leakwatch/tap needs tap 18 or later.')
    return
  }
  const file = openFile(own, finishAtExit, tapEarlier)
  if (file === null) return
  file.isPartial = isFiltered()
  t.after(async () => {
    if (!t.passing() || hasSkipped(t)) file.isPartial = true
    // Listeners of tap's go past ours as the process ends.
    const error = await file.finish('process')
    if (error !== null) throw error
  })
  if (t.parent === undefined) endLate(t, file)
  watchChildren(t, file, null)
}

/**
 * Ends the root where something keeps the process running that nobody closes. It ends by itself when nothing does. Once it has a
 * `teardown` it ends as soon as it idles, and a test that comes later is refused.
 */
function endLate(t: TapTest, file: FileWatch): void {
  let timer: NodeJS.Timeout | null = null
  t.on('idle', () => {
    if (timer !== null) clearTimeout(timer)
    timer = file.recording.aside(() => setTimeout(() => {
      if (!t.idle) return
      t.teardown(() => {})
      t.emit('idle')
    }, file.settings.tests.hangMs || restMs).unref())
  })
}

function watchChildren(t: TapTest, file: FileWatch, around: TestWatch | null): void {
  t.on('subtestAdd', child => {
    if (typeof child.cb !== 'function') return
    const { runMain, threw } = child
    // What a teardown throws tap tells of the test around it.
    let hasThrown = false
    child.threw = (error, ...extra) => {
      hasThrown = true
      hideOwnFrames(error)
      Reflect.apply(threw, child, [error, ...extra])
    }
    child.runMain = done => {
      const test = file.begin(child.name, around)
      watchChildren(child, file, test)
      interceptCalls(child.hook, ({ fn, thisArg, args }, make) => make(fn === child.main ? fn : within(fn, () => test), thisArg, ...args))
      let isOver = false
      test.apply(runMain, child, [() => {
        // An error of a test within, told when that was over, has tap call twice.
        if (isOver) return
        isOver = true
        if (hasSkipped(child)) file.isPartial = true
        // At once: tap may be told of it as the process ends.
        const hasPassed = child.passing() && !hasThrown
        // A test without a promise ends within the call that begins it.
        if (hasPassed && !test.endAtOnce()) return void judge(child, test, done)
        if (!hasPassed) void test.end('failed')
        done()
      }])
    }
  })
}

async function judge(child: TapTest, test: TestWatch, done: () => void): Promise<void> {
  const error = await test.end('passed')
  if (error !== null) {
    child.threw(...briefly(error))
    // What is thrown by a test that has ended is a test point behind it, which is no more written then.
    if (child.bail === true && child.options !== undefined) Object.assign(child.options, { leaks: error.message })
  }
  done()
}

function hasSkipped({ counts }: TapTest): boolean {
  return (counts?.skip ?? 0) > 0
}

// A filter may leave out tests without a word.
function isFiltered(): boolean {
  const { TAP_GREP, TAP_ONLY } = process.env
  return (TAP_GREP ?? '') !== '' || TAP_ONLY === '1'
}

// A test point has one line for its name; the whole report stands among its diagnostics. A heading comes before leaks inside packages.
function briefly(error: LeakError): [LeakError, object] {
  const [, second = error.message, ...others] = error.message.split('\n').filter(line => line !== '')
  const first = [second, ...others].find(line => /^\d/.test(line)) ?? second
  const brief = new LeakError(first, error.report)
  return [Object.defineProperty(brief, 'stack', { value: error.stack?.replace(error.message, () => first) }), { leaks: error.message }]
}
