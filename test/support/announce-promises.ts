// A preload that comes before leakwatch's: hooks are told of promises although they ask not to be, as on Nodes without
// `trackPromises`. leakwatch then learns ends of life from the resources themselves.
import asyncHooks from 'node:async_hooks'
import { syncBuiltinESMExports } from 'node:module'

const { createHook } = asyncHooks

asyncHooks.createHook = callbacks => {
  const { trackPromises: _, ...rest } = callbacks as Parameters<typeof createHook>[0] & { trackPromises?: boolean }
  return createHook(rest)
}
syncBuiltinESMExports()
