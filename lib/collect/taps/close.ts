import type { LeakwatchError } from '../../model/errors.ts'
import { Reflect } from '../intrinsics.ts'
import type { Descriptor } from '../ledger.ts'
import type { Call, FsRecorder, FsStandby } from './fs-recorder.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

export function closeSyncTap(standby: FsStandby, original: Call): Call {
  return function closeSync(this: unknown, ...args: unknown[]): unknown {
    let recorder: FsRecorder | null = null
    let descriptor: Descriptor | null = null
    let refusal: LeakwatchError | null = null
    try {
      recorder = standby.wakeForNumber(args[0], closeSync)
      if (recorder?.isRecording === true) ({ descriptor, refusal } = recorder.closings.begin(args[0], closeSync))
    } catch {
      // Out of stack by the taps alone, perhaps: the program would have closed it.
    }
    if (refusal !== null) throw refusal
    if (recorder === null || descriptor === null) return apply(original, this, args)
    let result: unknown
    try {
      result = apply(original, this, args)
    } catch (error) {
      throw recorder.closings.failed(descriptor, error, closeSync)
    }
    try {
      recorder.closings.end(descriptor, closeSync)
    } catch {
      // Out of stack: a later report finds that the number is closed.
    }
    return result
  }
}

export function closeTap(standby: FsStandby, original: Call): Call {
  return function close(this: unknown, ...args: unknown[]): unknown {
    // Node refuses what is no callback, and closes nothing.
    if (args[1] !== undefined && typeof args[1] !== 'function') return apply(original, this, args)
    let recorder: FsRecorder | null = null
    let descriptor: Descriptor | null = null
    let refusal: LeakwatchError | null = null
    try {
      recorder = standby.wakeForNumber(args[0], close)
      if (recorder?.isRecording === true) ({ descriptor, refusal } = recorder.closings.begin(args[0], close))
    } catch {
      // As above.
    }
    if (refusal !== null) throw refusal
    if (recorder?.isRecording !== true) return apply(original, this, args)
    recorder.events.closes = descriptor
    try {
      const result = apply(original, this, args)
      // Closed or not (EIO, EINTR), the number is free once the call completes; a refused argument throws before this.
      if (descriptor !== null && !descriptor.isClosing) recorder.closings.begun(descriptor, close)
      return result
    } finally {
      recorder.events.closes = null
    }
  }
}
