import { createHook } from 'node:async_hooks'
import { StackCapture } from './stacks/stack.ts'

/** Keeps promises from a hook, where Node honours it. */
export const withoutPromises = { trackPromises: false }

/** Whether hooks are told of promises although they asked not to be (before 24.14, 25.6). */
export function announcesPromises(): boolean {
  let isAnnounced = false
  const init = (_asyncId: number, type: string) => {
    if (type === 'PROMISE') isAnnounced = true
  }
  const probe = createHook({ init, ...withoutPromises }).enable()
  void new Promise<void>(() => {})
  probe.disable()
  return isAnnounced
}

let stacks: StackCapture | null = null

/** Whether the call comes from a hook of the program that is being told of a new resource. */
export function isInsideInit(): boolean {
  stacks ??= new StackCapture()
  const callSites = stacks.capture(isInsideInit, Infinity).stack as readonly NodeJS.CallSite[]
  return callSites.some(callSite => callSite.getScriptNameOrSourceURL() === 'node:internal/async_hooks'
    && callSite.getFunctionName()?.startsWith('emitInit'))
}
