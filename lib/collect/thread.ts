import type { MessagePort } from 'node:worker_threads'

interface Threads {
  readonly isMainThread: boolean
  readonly threadId: number
  readonly MessagePort: typeof MessagePort
}

/** node:worker_threads, loaded when it is first asked for: at start it would cost 3 ms. */
export function threads(): Threads {
  return process.getBuiltinModule('node:worker_threads')
}
