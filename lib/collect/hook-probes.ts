import { AsyncResource, createHook } from 'node:async_hooks'
import { StackCapture } from './stacks/stack.ts'

/** Keeps promises from a hook, where Node honours it. */
export const withoutPromises = { trackPromises: false }

/** What hooks are told of in this runtime. */
export interface Announced {
  readonly resources: boolean
  /** Although they asked not to be (before 24.14, 25.6). */
  readonly promises: boolean
}

let found: Announced | null = null

/** What hooks are told of, by asking one. */
export function announced(): Announced {
  if (found !== null) return found
  let [resources, promises] = [false, false]
  const init = (_asyncId: number, type: string) => {
    if (type === 'PROMISE') promises = true
    else resources = true
  }
  const probe = createHook({ init, ...withoutPromises }).enable()
  void new Promise<void>(() => {})
  void new AsyncResource('LEAKWATCH')
  probe.disable()
  return found = { resources, promises }
}

let stacks: StackCapture | null = null

/** Whether the call comes from a hook of the program that is being told of a new resource. */
export function isInsideInit(): boolean {
  stacks ??= new StackCapture()
  const callSites = stacks.capture(isInsideInit, Infinity).stack as readonly NodeJS.CallSite[]
  return callSites.some(callSite => callSite.getScriptNameOrSourceURL() === 'node:internal/async_hooks'
    && callSite.getFunctionName()?.startsWith('emitInit'))
}
