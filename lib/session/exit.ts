import { tap, type Undo } from '../collect/taps/tap.ts'

type Call = (this: unknown, ...args: unknown[]) => unknown

/**
 * Calls the function once, at the very end: after the program's own `exit` listeners, whether the loop ran empty,
 * `process.exit()` was called (also within such a listener), or an error was not caught. Adds no listener: a program with
 * ten of its own would be warned of the eleventh. Signals that kill the process, `process.abort()` and
 * `worker.terminate()` leave no moment to run in.
 */
export function atExit(run: () => void): Undo {
  let isDone = false
  const once = () => {
    if (isDone || (process as { _exiting?: boolean })._exiting === false) return
    isDone = true
    run()
  }
  const undoEmit = tapEmit(once)
  const undoExit = tap<Call>(process, 'reallyExit', original => function reallyExit(this: unknown, ...args: unknown[]) {
    once()
    return Reflect.apply(original, this, args.length === 0 ? args : [exitCode(args[0]), ...args.slice(1)])
  })
  return () => {
    undoEmit()
    undoExit?.()
  }
}

// The code was chosen before the report, which may have set another one over a success.
function exitCode(given: unknown): unknown {
  return given === 0 || given === undefined ? process.exitCode ?? given : given
}

// Node calls `process.emit` for the natural end and for an uncaught error. It is put on the prototype that process alone
// has, where it neither shows among the keys of process nor touches other emitters.
function tapEmit(run: () => void): Undo {
  const prototype = Object.getPrototypeOf(process) as object
  const inherited = process.emit as Call
  const hadOwn = Object.hasOwn(prototype, 'emit')
  if (!hadOwn) Object.defineProperty(prototype, 'emit', { value: inherited, writable: true, configurable: true })
  const undo = tap<Call>(prototype, 'emit', original => function emit(this: unknown, ...args: unknown[]) {
    if (args[0] !== 'exit' || this !== process) return Reflect.apply(original, this, args)
    try {
      return Reflect.apply(original, this, args)
    } finally {
      run()
    }
  })
  return () => {
    undo?.()
    if (!hadOwn && Object.getOwnPropertyDescriptor(prototype, 'emit')?.value === inherited) {
      Reflect.deleteProperty(prototype, 'emit')
    }
  }
}
