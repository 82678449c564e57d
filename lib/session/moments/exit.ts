import { Object, Reflect } from '../../collect/intrinsics.ts'
import { tap, type Undo } from '../../collect/taps/tap.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Call = (this: unknown, ...args: unknown[]) => unknown

/**
 * Calls the function once, at the very end: after the program's own `exit` listeners, whether the loop ran empty,
 * `process.exit()` was called (also within such a listener), or an error was not caught. Adds no listener: a program with
 * ten of its own would be warned of the eleventh. An error that nobody caught is shown to `onUncaught` before anything is done
 * about it, as to listeners of `uncaughtExceptionMonitor`; `onEnding` is called before the first listener of `exit`. Signals that
 * kill the process, `process.abort()` and `worker.terminate()` leave no moment to run in.
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
  const undoEmit = tapEmit(ifExiting(onEnding), ifExiting(once), onUncaught)
  const undoExit = tap<Call>(process, 'reallyExit', original => ({
    reallyExit(this: unknown, ...args: unknown[]) {
      const chosen = process.exitCode
      once()
      // The report may have set another one over a success.
      const isOurs = process.exitCode !== chosen && (args[0] === 0 || args[0] === undefined)
      return apply(original, this, isOurs ? [process.exitCode, ...args.slice(1)] : args)
    },
  }).reallyExit)
  return () => {
    undoEmit()
    undoExit?.()
  }
}

/** Shows the function each error that nobody caught, before anything is done about it, as to listeners of `uncaughtExceptionMonitor`. */
export function atUncaught(run: (error: unknown) => void): Undo {
  return tapEmit(() => {}, () => {}, run)
}

// Node calls `process.emit` for the natural end and for an uncaught error. It is put on the prototype that process alone
// has, where it neither shows among the keys of process nor touches other emitters; and on process itself where a preload before us
// (source-map-support, ts-node) has put one of its own.
function tapEmit(before: () => void, after: () => void, onUncaught: (error: unknown) => void): Undo {
  const prototype = Object.getPrototypeOf(process) as object
  const above = Object.getPrototypeOf(prototype) as { emit: Call }
  const inherited = above.emit
  const owner = Object.hasOwn(process, 'emit') ? process : prototype
  const hadOwn = Object.hasOwn(owner, 'emit')
  // Enumerable, as it is above, or `for in` would miss it.
  if (!hadOwn) Object.defineProperty(prototype, 'emit', { ...Object.getOwnPropertyDescriptor(above, 'emit') })
  let undoLast: Undo | null = null
  let last: unknown = null
  let count = 0
  const undo = tap<Call>(owner, 'emit', original => function emit(this: unknown, ...args: unknown[]) {
    // What the program puts on EventEmitter.prototype later goes for process too.
    const emitNow = hadOwn ? original : above.emit
    if (this !== process) return apply(emitNow, this, args)
    if (args[0] === 'uncaughtExceptionMonitor') onUncaught(args[1])
    const isEnding = args[0] === 'exit'
    const isAround = process.emit !== ours
    if (isEnding) before()
    try {
      return apply(emitNow, this, args)
    } finally {
      if (isEnding && !isAround) after()
      else if (args[0] === 'beforeExit' || args[0] === 'uncaughtExceptionMonitor') comeLast()
    }
  })
  const ours: unknown = process.emit
  // Packages such as signal-exit put an `emit` of their own around ours, and close what they hold once ours is through: from here on we are around
  // theirs. Where `process.exit` is called before that, `reallyExit` is still to come.
  const comeLast = (): void => {
    if (process.emit === ours || process.emit === last) return
    const number = ++count
    undoLast = tap<Call>(Object.hasOwn(process, 'emit') ? process : prototype, 'emit', original => function emit(this: unknown, ...args: unknown[]) {
      try {
        return apply(original, this, args)
      } finally {
        if (number === count && args[0] === 'exit' && this === process) after()
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
