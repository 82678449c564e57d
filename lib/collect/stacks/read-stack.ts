import { Array } from '../intrinsics.ts'
import type { RawStack } from './stack.ts'

/** What is asked of a frame. */
export type CallSite = Pick<NodeJS.CallSite, 'getColumnNumber' | 'getEnclosingColumnNumber' | 'getEnclosingLineNumber' | 'getEvalOrigin' | 'getFunctionName' | 'getLineNumber' | 'getPosition' |
  'getScriptNameOrSourceURL' | 'isConstructor'>

/** A stack that may be kept: all that is asked of its frames is read at once, where V8's own hold on to functions and to what they were called on. */
export function readStack(callSites: unknown): RawStack {
  const stack: CallSite[] = []
  if (Array.isArray(callSites)) for (let index = 0; index < callSites.length; index++) stack[index] = readCallSite(callSites[index] as CallSite)
  return { stack, slot: -1, callers: null }
}

function readCallSite(callSite: CallSite): CallSite {
  const column = callSite.getColumnNumber()
  const enclosingColumn = callSite.getEnclosingColumnNumber()
  const enclosingLine = callSite.getEnclosingLineNumber()
  const line = callSite.getLineNumber()
  const name = callSite.getFunctionName()
  const origin = callSite.getEvalOrigin()
  const position = callSite.getPosition()
  const script = callSite.getScriptNameOrSourceURL()
  const isConstructor = callSite.isConstructor()
  return {
    getColumnNumber: () => column,
    getEnclosingColumnNumber: () => enclosingColumn,
    getEnclosingLineNumber: () => enclosingLine,
    getEvalOrigin: () => origin,
    getFunctionName: () => name,
    getLineNumber: () => line,
    getPosition: () => position,
    getScriptNameOrSourceURL: () => script,
    isConstructor: () => isConstructor,
  }
}
