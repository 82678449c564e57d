import { StackCapture } from '../stacks/stack.ts'

let stacks: StackCapture | null = null

/** Whether the call comes from a hook of the program that is being told of a new resource. */
export function isInsideInit(): boolean {
  stacks ??= new StackCapture()
  const callSites = stacks.capture(isInsideInit, Infinity).stack as readonly NodeJS.CallSite[]
  return callSites.some(callSite => callSite.getScriptNameOrSourceURL() === 'node:internal/async_hooks'
    && callSite.getFunctionName()?.startsWith('emitInit'))
}
