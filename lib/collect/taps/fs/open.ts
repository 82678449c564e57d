import { Reflect } from '../../intrinsics.ts'
import { pathGiven } from '../../ledger.ts'
import type { Opening } from '../../stacks/opening.ts'
import type { Call, FsRecorder, FsStandby } from './fs-recorder.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

/** @param below The function that the program has called; by default the tap itself */
export function openSyncTap(standby: FsStandby, original: Call, below: object | null = null): Call {
  return function openSync(this: unknown, ...args: unknown[]): unknown {
    const called = below ?? openSync
    let recorder: FsRecorder | null = null
    try {
      recorder = standby.wakeFor(called)
    } catch {
      // Out of stack by the taps alone, perhaps: the program would have opened it.
    }
    let fd: unknown = null
    standby.isPassing = true
    try {
      fd = apply(original, this, args)
    } finally {
      standby.isPassing = false
      // What is caught and thrown again Node would show with a line of ours.
      if (fd === null) recorder?.failed(null)
    }
    try {
      if (recorder === null) standby.passedOver = fd as number
      else if (recorder.isRecording) recorder.openings.openedSync(fd as number, args[0], called)
    } catch {
      // Out of stack: the program has its number all the same.
      if (recorder !== null) recorder.dropped++
    }
    return fd
  }
}

export function openTap(standby: FsStandby, original: Call): Call {
  return function open(this: unknown, ...args: unknown[]): unknown {
    const at = callbackIndex(args)
    const callback = args[at]
    const recorder = standby.wakeFor(open)
    if (recorder?.isRecording === true && typeof callback === 'function') {
      const { opening, done } = beginOpening(recorder, args[0], open, callback as Call)
      args[at] = done
      recorder.events.requestOf = opening
    }
    standby.isPassing = true
    try {
      return apply(original, this, args)
    } finally {
      standby.isPassing = false
      if (recorder !== null) recorder.events.requestOf = null
    }
  }
}

/** What `fs.open`, which is `below`, begins, and what is to be called in the place of its callback. */
export function beginOpening(recorder: FsRecorder, given: unknown, below: object, callback: Call): { readonly opening: Opening, readonly done: Call } {
  const opening = recorder.openings.begun(below)
  const path = pathGiven(given)
  const startedAfterMs = recorder.afterMs()
  const done = function (this: unknown, error: unknown, fd: unknown) {
    if (typeof fd === 'number' && recorder.isRecording) recorder.openings.opened(fd, path, startedAfterMs, opening)
    else recorder.failed(error)
    return apply(callback, this, arguments)
  }
  return { opening, done }
}

// As fs.open itself finds its callback.
function callbackIndex(args: readonly unknown[]): number {
  if (args.length < 3) return 1
  return typeof args[2] === 'function' ? 2 : 3
}
