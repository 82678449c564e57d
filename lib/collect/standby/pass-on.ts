import { ownFolder, ownRoot } from '../stacks/own.ts'

const { nextTick } = process
const own = [ownRoot(), ownFolder()]

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

// Whether neither Node's runner of hooks is on its stack, nor a function of ours the one that threw.
function isOlder(error: unknown): boolean {
  try {
    const { stack } = error as { readonly stack?: unknown }
    const frames = typeof stack === 'string' ? stack.slice(stack.indexOf('\n    at ') + 1) : ''
    const [nearest = ''] = frames.split('\n', 1)
    return nearest.startsWith('    at ') && !frames.includes('emitInit') && !own.some(folder => nearest.includes(folder))
  } catch {
    return false
  }
}
