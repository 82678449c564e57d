import type { MessagePort } from 'node:worker_threads'

interface Threads {
  readonly isMainThread: boolean
  readonly threadId: number
  readonly MessagePort: typeof MessagePort
}

// `process.abort` is a stub in Workers (20 to 26).
const isWorker = (process.abort as { disabled?: boolean }).disabled === true

/**
 * What node:worker_threads says. The main thread does not load it for that: it would cost 3 ms, and put another
 * `process.chdir` in the place of the one that the program knows or has replaced.
 */
export function threads(): Threads {
  return isWorker ? process.getBuiltinModule('node:worker_threads') : mainThread
}

const mainThread: Threads = {
  isMainThread: true,
  threadId: 0,
  get MessagePort() {
    return (globalThis as { MessagePort?: typeof MessagePort }).MessagePort ?? (Object as unknown as typeof MessagePort)
  },
}
