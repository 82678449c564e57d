import { ownFolder, ownRoot } from '../stacks/own.ts'

const { nextTick } = process
const hooks = ['emitInit', ownRoot(), ownFolder()]

/**
 * Throws an error on that the program threw before a resource was announced: on Node 20 it comes to light in the hook that is told of it, where native code
 * announces what a handler which threw has left (TLS over a stream that is no socket). It is uncaught then, as it was to be. False for an error that
 * arose in the hook.
 */
export function passOn(error: unknown): boolean {
  if (!isOlder(error)) return false
  nextTick(() => {
    throw error
  })
  return true
}

// Whether it has a stack, on which neither Node's runner of hooks stands nor a function of ours.
function isOlder(error: unknown): boolean {
  try {
    const { stack } = error as { readonly stack?: unknown }
    return typeof stack === 'string' && stack.includes('\n    at ') && !hooks.some(hook => stack.includes(hook))
  } catch {
    return false
  }
}
