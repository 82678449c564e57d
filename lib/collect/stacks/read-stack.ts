import { Array } from '../intrinsics.ts'
import type { RawStack } from './stack.ts'

type CallSite = NodeJS.CallSite

/** A stack that may be kept: all that is asked of its frames is read at once, where V8's own hold on to functions and to what they were called on. */
export function readStack(callSites: unknown): RawStack {
  const stack: Partial<CallSite>[] = []
  if (Array.isArray(callSites)) for (let index = 0; index < callSites.length; index++) stack[index] = readCallSite(callSites[index] as CallSite)
  return { stack, slot: -1, callers: null }
}

function readCallSite(callSite: CallSite): Partial<CallSite> {
  const column = callSite.getColumnNumber()
  const line = callSite.getLineNumber()
  const name = callSite.getFunctionName()
  const origin = callSite.getEvalOrigin()
  const position = callSite.getPosition()
  const script = callSite.getScriptNameOrSourceURL()
  const isConstructor = callSite.isConstructor()
  return {
    getColumnNumber: () => column,
    getEvalOrigin: () => origin,
    getFunctionName: () => name,
    getLineNumber: () => line,
    getPosition: () => position,
    getScriptNameOrSourceURL: () => script,
    isConstructor: () => isConstructor,
  }
}
