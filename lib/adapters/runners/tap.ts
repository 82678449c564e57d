import { tapEarlier } from '../../collect/taps/fs/earlier.ts'
import { LeakError } from '../../model/errors.ts'
import { finishAtExit, openFile } from '../watching/adapter.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import { type Callable, interceptCalls, within } from '../watching/within.ts'

/** What an adapter needs of a test of tap. */
export interface TapTest {
  readonly name: string
  readonly main: Callable
  on(event: 'subtestAdd', listener: (child: TapTest) => void): unknown
  teardown(fn: () => Promise<void>): void
  passing(): boolean
  /** Of points of this level. */
  readonly counts?: { readonly skip: number }
  threw: (error: Error, extra?: object) => void
  runMain: (done: () => void) => void
  readonly hook: object
  /** The function of the test; missing where it is a process or a Worker. */
  readonly cb?: unknown
}

const own = ['tap/', '@tapjs/', 'async-hook-domain/']

/** Watches the tests below a test of tap. */
export function watchTap(t: TapTest): void {
  const file = openFile(own, finishAtExit, tapEarlier)
  if (file === null) return
  file.isPartial = isFiltered()
  t.teardown(async () => {
    if (!t.passing() || hasSkipped(t)) file.isPartial = true
    // Listeners of tap's go past ours as the process ends.
    const error = await file.finish('process')
    if (error !== null) throw error
  })
  watchChildren(t, file, null)
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
        if (child.passing() && !hasThrown) return void judge(child, test, done)
        void test.end('failed')
        done()
      }])
    }
  })
}

async function judge(child: TapTest, test: TestWatch, done: () => void): Promise<void> {
  const error = await test.end('passed')
  if (error !== null) child.threw(...briefly(error))
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

// A test point has one line for its name; the whole report stands among its diagnostics.
function briefly(error: LeakError): [LeakError, object] {
  const [, first = error.message] = error.message.split('\n').filter(line => line !== '')
  const brief = new LeakError(first, error.report)
  return [Object.defineProperty(brief, 'stack', { value: error.stack?.replace(error.message, () => first) }), { leaks: error.message }]
}
