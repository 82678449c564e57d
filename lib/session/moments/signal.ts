import { nextTurn } from '../../collect/settle.ts'

// Taken at load: the program may put another one in its place.
const { kill, pid } = process

// By these a process is asked to end, and does where nobody listens.
const ending: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGBREAK'])

/**
 * Calls the function at every such signal. One that asks the process to end still ends it after that, unless the program listens to it
 * too: it decides then, as if nobody else did (signal-exit counts the listeners).
 * @throws what Node throws where the signal can't be listened to
 */
export function atSignal(signal: NodeJS.Signals, run: () => void): void {
  const listener = () => {
    run()
    if (!ending.has(signal)) return
    process.off(signal, listener)
    if (process.listenerCount(signal) === 0) Reflect.apply(kill, process, [pid, signal])
    else nextTurn(() => process.prependListener(signal, listener))
  }
  process.prependListener(signal, listener)
}
