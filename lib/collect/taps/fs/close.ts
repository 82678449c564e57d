import type { LeakwatchError } from '../../../model/errors.ts'
import { Reflect } from '../../intrinsics.ts'
import type { Descriptor } from '../../ledger.ts'
import type { Call, FsRecorder, FsStandby } from './fs-recorder.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

/** @param below The function that the program has called; by default the tap itself */
export function closeSyncTap(standby: FsStandby, original: Call, below: object | null = null): Call {
  return function closeSync(this: unknown, ...args: unknown[]): unknown {
    const called = below ?? closeSync
    let recorder: FsRecorder | null = null
    let descriptor: Descriptor | null = null
    let refusal: LeakwatchError | null = null
    try {
      recorder = standby.wakeForNumber(args[0], called)
      if (recorder?.isRecording === true) ({ descriptor, refusal } = recorder.closings.begin(args[0], called))
    } catch {
      // Out of stack by the taps alone, perhaps: the program would have closed it.
    }
    if (refusal !== null) throw refusal
    let result: unknown
    standby.isPassing = true
    try {
      if (recorder === null || descriptor === null) return apply(original, this, args)
      try {
        result = apply(original, this, args)
      } catch (error) {
        throw recorder.closings.failed(descriptor, error, called)
      }
    } finally {
      standby.isPassing = false
    }
    try {
      recorder.closings.end(descriptor, called)
    } catch {
      // Out of stack: a later report finds that the number is closed.
    }
    return result
  }
}

/** As `closeSyncTap`; below another function it is handed a request in the place of the callback. */
export function closeTap(standby: FsStandby, original: Call, below: object | null = null): Call {
  return function close(this: unknown, ...args: unknown[]): unknown {
    const called = below ?? close
    // Node refuses what is no callback, and closes nothing.
    if (below === null && args[1] !== undefined && typeof args[1] !== 'function') return apply(original, this, args)
    let recorder: FsRecorder | null = null
    let descriptor: Descriptor | null = null
    let refusal: LeakwatchError | null = null
    try {
      recorder = standby.wakeForNumber(args[0], called)
      if (recorder?.isRecording === true) ({ descriptor, refusal } = recorder.closings.begin(args[0], called))
    } catch {
      // As above.
    }
    if (refusal !== null) throw refusal
    if (recorder?.isRecording === true) recorder.events.closingRequests.current = descriptor
    standby.isPassing = true
    try {
      const result = apply(original, this, args)
      // Closed or not (EIO, EINTR), the number is free once the call completes; a refused argument throws before this.
      if (recorder !== null && descriptor !== null && !descriptor.isClosing) recorder.closings.begun(descriptor, called, below === null ? null : args[1])
      return result
    } finally {
      standby.isPassing = false
      if (recorder !== null) recorder.events.closingRequests.current = null
    }
  }
}
