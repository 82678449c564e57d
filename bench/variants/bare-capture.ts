import { createHook } from 'node:async_hooks'
import { factsOf } from '../../lib/model/type-table.ts'

// A stack of 16 frames at every init that leakwatch captures at, kept unread until the next: no way to capture is cheaper.
Error.stackTraceLimit = 16
let last: object | null = null
export const captured = () => last

createHook({
  init(_asyncId, type) {
    if (factsOf(type) === undefined) return
    last = {}
    Error.captureStackTrace(last)
  },
  ...{ trackPromises: false },
}).enable()
