import { Object, Reflect } from '../../collect/intrinsics.ts'
import { tap, type Undo } from '../../collect/taps/tap.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Call = (this: unknown, ...args: unknown[]) => unknown

/**
 * Calls the function once, at the very end: after the program's own `exit` listeners, whether the loop ran empty,
 * `process.exit()` was called (also within such a listener), or an error was not caught. Where a listener of `uncaughtException` throws, Node ends the
 * process without an `exit`: then after that listener. Adds no listener: a program with
 * ten of its own would be warned of the eleventh. An error that nobody caught is shown to `onUncaught` before anything is done
 * about it, as to listeners of `uncaughtExceptionMonitor`; `onEnding` is called before the first listener of `exit`. None of the three may throw. Signals
 * that kill the process, `process.abort()` and `worker.terminate()` leave no moment to run in.
 */
export function atExit(run: () => void, onEnding: () => void, onUncaught: (error: unknown) => void): Undo {
  let isDone = false
  const once = () => {
    if (isDone) return
    isDone = true
    run()
  }
  // The program may emit it itself.
  const ifExiting = (then: () => void) => () => {
    if ((process as { _exiting?: boolean })._exiting !== false) then()
  }
  const undoEmit = tapEmit({ before: ifExiting(onEnding), after: ifExiting(once), uncaught: onUncaught, givenUp: once })
  const undoExit = tapIfAllowed(process, 'reallyExit', original => ({
    reallyExit(this: unknown, ...args: unknown[]) {
      const chosen = process.exitCode
      once()
      // The report may have set another one over a success.
      const isOurs = process.exitCode !== chosen && isSuccess(args[0])
      return apply(original, this, isOurs ? [process.exitCode, ...args.slice(1)] : args)
    },
  }).reallyExit)
  return () => {
    undoEmit()
    undoExit?.()
  }
}

// Without it, what `process.exit` does is seen by the `exit` that it emits.
function tapIfAllowed(owner: object, name: string, wrap: (original: Call) => Call): Undo | null {
  try {
    return tap(owner, name, wrap)
  } catch {
    return null
  }
}

/** Whether a process ends well by such an exit code, which older Nodes take as text too. */
export function isSuccess(code: unknown): boolean {
  return Number(code ?? 0) === 0
}

/** Shows the function each error that nobody caught, before anything is done about it, as to listeners of `uncaughtExceptionMonitor`. */
export function atUncaught(run: (error: unknown) => void): Undo {
  return tapEmit({ before() {}, after() {}, uncaught: run, givenUp() {} })
}

/** What a tap on `process.emit` calls. */
interface Emitted {
  /** Before and after the listeners of `exit`. */
  readonly before: () => void
  readonly after: () => void
  readonly uncaught: (error: unknown) => void
  /** A listener of `uncaughtException` has thrown. */
  readonly givenUp: () => void
}

// Node calls `process.emit` for the natural end and for an uncaught error. It is put on the prototype that process alone
// has, where it neither shows among the keys of process nor touches other emitters; and on process itself where a preload before us
// (source-map-support, ts-node) has put one of its own.
function tapEmit({ before, after, uncaught, givenUp }: Emitted): Undo {
  const prototype = Object.getPrototypeOf(process) as object
  const above = Object.getPrototypeOf(prototype) as { emit: Call }
  const inherited = above.emit
  const owner = Object.hasOwn(process, 'emit') ? process : prototype
  const hadOwn = Object.hasOwn(owner, 'emit')
  // Enumerable, as it is above, or `for in` would miss it.
  if (!hadOwn) Object.defineProperty(prototype, 'emit', { ...Object.getOwnPropertyDescriptor(above, 'emit') })
  let undoLast: Undo | null = null
  let last: unknown = null
  let generation = 0
  // What the program may listen to next. It may emit the same itself, with an error of its own.
  let shown: unknown = null
  const undo = tap<Call>(owner, 'emit', original => function emit(this: unknown, ...args: unknown[]) {
    // What the program puts on EventEmitter.prototype later goes for process too.
    const emitNow = hadOwn ? original : above.emit
    if (this !== process) return apply(emitNow, this, args)
    if (args[0] === 'uncaughtExceptionMonitor') uncaught(shown = args[1])
    let isGivenUp = args[0] === 'uncaughtException' && shown !== null && args[1] === shown
    const isEnding = args[0] === 'exit'
    const isAround = process.emit !== ours
    if (isEnding) before()
    // Not caught and thrown again: Node would show a line of ours.
    try {
      const isHeard = apply(emitNow, this, args)
      isGivenUp = false
      return isHeard
    } finally {
      if (isGivenUp) givenUp()
      if (isEnding && !isAround) after()
      else if (args[0] === 'beforeExit' || args[0] === 'uncaughtExceptionMonitor') comeLast()
    }
  })
  const ours: unknown = process.emit
  // Packages such as signal-exit put an `emit` of their own around ours, and close what they hold once ours is through: from here on we are around
  // theirs. Where `process.exit` is called before that, `reallyExit` is still to come.
  const comeLast = (): void => {
    if (process.emit === ours || process.emit === last) return
    const own = ++generation
    undoLast = tapIfAllowed(Object.hasOwn(process, 'emit') ? process : prototype, 'emit', original => function emit(this: unknown, ...args: unknown[]) {
      try {
        return apply(original, this, args)
      } finally {
        if (own === generation && args[0] === 'exit' && this === process) after()
      }
    })
    last = process.emit
  }
  return () => {
    undoLast?.()
    undo?.()
    if (!hadOwn && Object.getOwnPropertyDescriptor(prototype, 'emit')?.value === inherited) {
      Reflect.deleteProperty(prototype, 'emit')
    }
  }
}
