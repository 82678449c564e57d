import util from 'node:util'
import { Array } from '../intrinsics.ts'
import { isHidden } from './scripts.ts'
import type { StackCapture } from './stack.ts'

interface CallSiteObject {
  readonly scriptName: string
}

// Taken at load. Missing before 22.9.
const { getCallSites } = util as { getCallSites?: (frameCount: number, options: { readonly sourceMap: boolean }) => readonly CallSiteObject[] }

// Frames of ours between the program and the question who calls.
const ownFrames = 6

/**
 * The scripts of the frames above `below`, nearest first, without ours: '' for code without a file. Where Node tells them itself,
 * no realm has to be made for that.
 */
export function callingScripts(below: object, count: number, stacks: { readonly stacks: StackCapture }): readonly string[] {
  const scripts: string[] = []
  if (getCallSites !== undefined) {
    for (const { scriptName } of getCallSites(count + ownFrames, { sourceMap: false })) if (!isHidden(scriptName)) scripts[scripts.length] = scriptName
    return scripts
  }
  const callSites = stacks.stacks.capture(below, count + 1).stack
  // There are none where the program is out of stack.
  if (!Array.isArray(callSites)) return scripts
  for (const callSite of callSites as NodeJS.CallSite[]) {
    const script = callSite.getScriptNameOrSourceURL() ?? ''
    if (!isHidden(script)) scripts[scripts.length] = script
  }
  return scripts
}
