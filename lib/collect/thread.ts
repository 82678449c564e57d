import type { MessagePort } from 'node:worker_threads'
import { Object } from './intrinsics.ts'
import { getBuiltinModule } from './taps/untapped.ts'

interface Threads {
  readonly isMainThread: boolean
  readonly threadId: number
  /** Null where nothing loaded it yet: no port can have been made then. */
  readonly MessagePort: typeof MessagePort | null
}

// In Workers `process.abort` is a function of Node's that refuses (20 to 26).
const isWorker = (process.abort as { disabled?: boolean }).disabled === true

/**
 * What node:worker_threads says. The main thread does not load it for that: it would cost 3 ms, and put another
 * `process.chdir` in the place of the one that the program knows or has replaced.
 */
export function threads(): Threads {
  return isWorker ? getBuiltinModule('node:worker_threads') : mainThread
}

const mainThread: Threads = {
  isMainThread: true,
  threadId: 0,
  // On 20 a getter until it is first read.
  get MessagePort() {
    return Object.getOwnPropertyDescriptor(globalThis, 'MessagePort')?.value as typeof MessagePort | undefined ?? null
  },
}
