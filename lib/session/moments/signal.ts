import { nextTurn } from '../../collect/settle.ts'
import { tap } from '../../collect/taps/tap.ts'

// Taken at load: the program may put another one in its place.
const { getBuiltinModule, kill, nextTick, pid } = process
const { apply } = Reflect

type Kill = (this: unknown, ...args: unknown[]) => unknown

// By these a process is asked to end, and does where nobody listens.
const ending: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK'])

/**
 * Calls the function at every such signal. One that asks the process to end still ends it after that, unless the program listens to it
 * too: it decides then, as if nobody else did (signal-exit counts the listeners).
 * @throws what Node throws where the signal can't be listened to
 */
export function atSignal(signal: NodeJS.Signals, run: () => void): void {
  // From when the program's listeners have returned until the loop turns. What is sent meanwhile is another signal, which nobody listens to.
  let isAway = false
  const listener = () => {
    run()
    if (!ending.has(signal)) return
    process.off(signal, listener)
    if (process.listenerCount(signal) === 0) return void apply(kill, process, [pid, signal])
    nextTick(() => isAway = true)
    nextTurn(() => {
      isAway = false
      process.prependListener(signal, listener)
    })
  }
  process.prependListener(signal, listener)
  if (!ending.has(signal)) return
  beforeSending(signal, () => {
    const listeners = process.listeners(signal)
    if (isAway ? listeners.length !== 0 : listeners.length !== 1 || listeners[0] !== listener) return
    run()
    process.off(signal, listener)
  })
}

// Who sends it to its own process, to which nobody listens any more, ends it by that call, as terminus does once everything is closed. While we listen, Node
// would take the signal up as the loop turns next: what follows the call would run, and a loop that is empty end the process as if all were well.
function beforeSending(signal: NodeJS.Signals, run: () => void): void {
  const number = getBuiltinModule('node:os').constants.signals[signal]
  try {
    tap<Kill>(process, 'kill', original => function kill(this: unknown, ...args: unknown[]) {
      // 0 sends nothing: it asks whether the process is there.
      const sent = args[1] === 0 ? 0 : args[1] || 'SIGTERM'
      if ((sent === signal || sent === number) && isSentHere(args[0])) run()
      return apply(original, this, args)
    })
  } catch {
    // The program's preload froze it.
  }
}

// To this process, to its group or to that which it leads.
function isSentHere(to: unknown): boolean {
  if (typeof to !== 'number' && typeof to !== 'string') return false
  if (Number(to) !== -pid) return Number(to) === pid || Number(to) === 0
  try {
    return apply(kill, process, [-pid, 0]) as boolean
  } catch {
    return false
  }
}
