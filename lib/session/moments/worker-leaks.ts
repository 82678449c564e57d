import { threads } from '../../collect/thread.ts'
import { getBuiltinModule } from '../../collect/taps/untapped.ts'
import { listenTo } from '../recording.ts'

// A copy of its environment data is given to each Worker as it is made, and shared memory stays shared.
const key = 'leakwatch.leaks'

let shared: Int32Array | null = null

/** Lets the Workers of this thread tell it of their leaks, from the first one on: what they end with is not changed for it. */
export function hearOfWorkers(): void {
  listenTo('WORKER', () => {
    // Within its constructor: the module is loaded.
    const { getEnvironmentData, setEnvironmentData } = getBuiltinModule('node:worker_threads')
    if (shared !== null) return
    const given = getEnvironmentData(key)
    shared = given instanceof Int32Array ? given : new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    setEnvironmentData(key, shared)
  })
}

/** Whether a Worker of the process has left something open; false in Workers. */
export function haveWorkersLeaked(): boolean {
  return threads().isMainThread && shared !== null && Atomics.load(shared, 0) !== 0
}

/** Tells the main thread that this Worker leaves something open; false in the main thread, and where that does not listen. */
export function tellMainThread(): boolean {
  if (threads().isMainThread) return false
  const given = getBuiltinModule('node:worker_threads').getEnvironmentData(key)
  if (!(given instanceof Int32Array)) return false
  Atomics.store(given, 0, 1)
  return true
}
