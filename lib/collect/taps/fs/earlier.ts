// What the program took from node:fs before the taps were there, as `const { openSync } = require('fs')` does, is met where it asks the binding that node:fs
// itself asks. Undocumented: where the binding can't be had (`--permission`), or node:fs asks it no more, what such a function opens has no line.
import fs from 'node:fs'
import { Object, Reflect } from '../../intrinsics.ts'
import { callSitesAbove, scriptsOf } from '../../stacks/callers.ts'
import { fsScript } from '../../stacks/scripts.ts'
import type { StackCapture } from '../../stacks/stack.ts'
import { descriptorOf, type Undo, undoAll } from '../tap.ts'
import { closeSyncTap, closeTap } from './close.ts'
import type { Call, FsStandby } from './fs-recorder.ts'
import { beginOpening, openSyncTap } from './open.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

interface Standby extends FsStandby {
  readonly stacks: StackCapture
}

/** What node:fs hands to the binding, behind all else, where the answer is to come later. */
interface Request {
  oncomplete: Call
}

/** Returns what is to be called now. */
type Choose = () => Call

export type TapEarlier = (standby: Standby) => Undo

/** To be called before node:fs is tapped: what lies there now is what may have been taken. */
export function tapEarlier(standby: Standby): Undo {
  const undos: Undo[] = []
  try {
    const binding = bindingOfFs()
    if (binding !== null) undos.push(...chosen(binding, 'open', original => opening(standby, original)), ...chosen(binding, 'close', original => closing(standby, original)))
  } catch (error) {
    standby.miss('tap on the binding of fs', error)
  }
  return undoAll(undos)
}

function opening(standby: Standby, original: Call): Choose {
  const { open, openSync } = fs
  const atOnce = openSyncTap(standby, original, openSync)
  const later = function (this: unknown, ...args: unknown[]): unknown {
    const request = args[3] as Request
    const recorder = standby.wakeFor(open)
    if (recorder?.isRecording === true) request.oncomplete = beginOpening(recorder, args[0], open, request.oncomplete).done
    return apply(original, this, args)
  }
  return () => standby.isPassing ? original : isCalled(openSync, standby) ? atOnce : isCalled(open, standby) ? later : original
}

function closing(standby: Standby, original: Call): Choose {
  const { close, closeSync } = fs
  const atOnce = closeSyncTap(standby, original, closeSync)
  const later = closeTap(standby, original, close)
  return () => standby.isPassing ? original : isCalled(closeSync, standby) ? atOnce : isCalled(close, standby) ? later : original
}

// As the function is looked up, before it is called: where it is called as it is, no frame of ours stands above that of node:fs in an error.
function chosen(owner: object, name: string, choosing: (original: Call) => Choose): readonly Undo[] {
  const before = descriptorOf(owner, name)
  if (typeof before?.value !== 'function' || before.configurable !== true) return []
  const get = choosing(before.value as Call)
  // As mock-fs does.
  const set = (value: unknown) => void Object.defineProperty(owner, name, { __proto__: null, ...before, value } as PropertyDescriptor)
  Object.defineProperty(owner, name, { __proto__: null, configurable: true, enumerable: before.enumerable, get, set } as PropertyDescriptor)
  return [() => {
    if (descriptorOf(owner, name)?.get === get) Object.defineProperty(owner, name, before)
  }]
}

// Whether a function of node:fs is running that another one of node:fs did not call.
function isCalled(taken: object, standby: Standby): boolean {
  try {
    const [caller] = scriptsOf(callSitesAbove(taken, 1, standby))
    return caller !== undefined && caller !== fsScript
  } catch {
    // A program that is out of stack is about to learn that itself.
    return false
  }
}

function bindingOfFs(): object | null {
  const { binding } = process as { binding?(name: string): object }
  if (typeof binding !== 'function') return null
  const warned = Object.getOwnPropertyDescriptor(process, 'noDeprecation')
  // Node may be told to warn of it.
  if (!Reflect.defineProperty(process, 'noDeprecation', { configurable: true, value: true })) return null
  try {
    return apply(binding, process, ['fs']) as object
  } catch {
    return null
  } finally {
    if (warned === undefined) Reflect.deleteProperty(process, 'noDeprecation')
    else Reflect.defineProperty(process, 'noDeprecation', warned)
  }
}
