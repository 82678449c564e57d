import { Array, Object } from '../intrinsics.ts'
import { isHidden } from './scripts.ts'
import type { StackCapture } from './stack.ts'

// Taken at load.
const { Error } = globalThis
const { captureStackTrace } = Error

interface Capturing {
  readonly stacks: StackCapture
}

/**
 * The scripts of the frames above `below`, nearest first, without ours: '' for code without a file. Where the program's `Error` can be
 * asked unnoticed, no realm has to be made for that. Not `util.getCallSites`: it looks up lines, for which V8 makes a table of each script.
 */
export function callingScripts(below: object, count: number, capturing: Capturing): readonly string[] {
  return scriptsOf(callSitesAbove(below, count + 1, capturing))
}

/** The scripts of frames, without ours; none where the program is out of stack. */
export function scriptsOf(callSites: unknown): readonly string[] {
  const scripts: string[] = []
  if (!Array.isArray(callSites)) return scripts
  for (const callSite of callSites as NodeJS.CallSite[]) {
    const script = callSite.getScriptNameOrSourceURL() ?? ''
    if (!isHidden(script)) scripts[scripts.length] = script
  }
  return scripts
}

/** The frames above `below`, an array of them unless the program is out of stack. They are not to be kept. */
export function callSitesAbove(below: object, count: number, capturing: Capturing): unknown {
  return callSitesOf(below, count) ?? capturing.stacks.capture(below, count).stack
}

// Through the program's own Error, which is as it was when this returns; null where that can't be had, or somebody would notice.
function callSitesOf(below: object, count: number): unknown {
  const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  // Node asks the one that is global.
  if (globalThis.Error !== Error || limit?.writable !== true || prepare?.writable !== true) return null
  const raw: { stack?: unknown } = {}
  try {
    Error.stackTraceLimit = count
    Error.prepareStackTrace = (_error, callSites) => callSites
    captureStackTrace(raw, below as () => void)
    return raw.stack
  } finally {
    Error.prepareStackTrace = prepare.value as typeof Error.prepareStackTrace
    Error.stackTraceLimit = limit.value as number
  }
}
