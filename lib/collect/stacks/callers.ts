import util from 'node:util'
import { Array, Object } from '../intrinsics.ts'
import { isHidden } from './scripts.ts'
import type { StackCapture } from './stack.ts'

interface CallSiteObject {
  readonly scriptName: string
}

// Taken at load. `getCallSites` is missing before 22.9.
const { getCallSites } = util as { getCallSites?: (frameCount: number, options: { readonly sourceMap: boolean }) => readonly CallSiteObject[] }
const { Error } = globalThis
const { captureStackTrace } = Error

// Frames of ours between the program and the question who calls.
const ownFrames = 6

/**
 * The scripts of the frames above `below`, nearest first, without ours: '' for code without a file. Where Node tells them itself, or its
 * `Error` can be asked unnoticed, no realm has to be made for that.
 */
export function callingScripts(below: object, count: number, stacks: { readonly stacks: StackCapture }): readonly string[] {
  const scripts: string[] = []
  if (getCallSites !== undefined) {
    for (const { scriptName } of getCallSites(count + ownFrames, { sourceMap: false })) if (!isHidden(scriptName)) scripts[scripts.length] = scriptName
    return scripts
  }
  const callSites = callSitesOf(below, count + 1) ?? stacks.stacks.capture(below, count + 1).stack
  // There are none where the program is out of stack.
  if (!Array.isArray(callSites)) return scripts
  for (const callSite of callSites as NodeJS.CallSite[]) {
    const script = callSite.getScriptNameOrSourceURL() ?? ''
    if (!isHidden(script)) scripts[scripts.length] = script
  }
  return scripts
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
