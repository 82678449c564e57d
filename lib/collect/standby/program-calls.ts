import { isInPackage, packagePath } from '../../model/text/package-path.ts'
import { callingScripts } from '../stacks/callers.ts'
import { fsScript, isProgramScript } from '../stacks/scripts.ts'
import type { StackCapture } from '../stacks/stack.ts'
import { opensForItself } from './node-calls.ts'

interface Asking {
  /** Packages that are not the program, as beginnings of paths inside node_modules. */
  readonly own: readonly string[]
  readonly stacks: StackCapture
}

/** How many frames Node's loader and its standard streams show within, and most lines of a program; what is never shown is one more. */
export const nearFrames = 5

/** Whether a function of node:fs is called by another one: readFileSync and its like close what they open, in the call. Node 26 reads each module that way. */
export function isCalledByFs(below: object, asking: Asking): boolean {
  return callingScripts(below, 1, asking)[0] === fsScript
}

/**
 * Whether a line of the program stands behind a call, within so many frames. What Node and the runner of the tests open for themselves
 * is nobody's leak: without a recorder it is not even listed.
 */
export function isCalledByProgram(below: object, frames: number, asking: Asking): boolean {
  return isWithin(nearFrames, below, asking) ?? isWithin(frames, below, asking) ?? false
}

/**
 * Whether a package puts something off to a later tick or turn. What it opens then has no line of the application on its own stack, as that of the call
 * which puts it off has.
 */
export function isPutOffByPackage(below: object, asking: Asking): boolean {
  return isCalledByPackage(callingScripts(below, nearFrames, asking), asking.own)
}

/** Whether a line of a package is the nearest of the program, given the nearest scripts. */
export function isCalledByPackage(scripts: readonly string[], own: readonly string[]): boolean {
  for (const script of scripts) if (isProgramScript(script)) return packagePath(script) !== null && !isInPackage(script, own)
  return false
}

// Null where none of so many frames tells, and others may.
function isWithin(count: number, below: object, asking: Asking): boolean | null {
  const scripts = callingScripts(below, count, asking)
  if (scripts.length === 0) return false
  for (const script of scripts) {
    if (opensForItself(script)) return false
    if (isProgramScript(script)) return !isInPackage(script, asking.own)
  }
  return null
}
