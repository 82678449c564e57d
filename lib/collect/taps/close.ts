import { Reflect } from '../intrinsics.ts'
import type { Call, FsStandby } from './fs-recorder.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

export function closeSyncTap(standby: FsStandby, original: Call): Call {
  return function closeSync(this: unknown, ...args: unknown[]): unknown {
    const recorder = standby.wakeForNumber(args[0], closeSync)
    if (recorder?.isRecording !== true) return apply(original, this, args)
    const { descriptor, refusal } = recorder.closings.begin(args[0], closeSync)
    if (refusal !== null) throw refusal
    if (descriptor === null) return apply(original, this, args)
    try {
      const result = apply(original, this, args)
      recorder.closings.end(descriptor, closeSync)
      return result
    } catch (error) {
      throw recorder.closings.failed(descriptor, error, closeSync)
    }
  }
}

export function closeTap(standby: FsStandby, original: Call): Call {
  return function close(this: unknown, ...args: unknown[]): unknown {
    const recorder = standby.wakeForNumber(args[0], close)
    if (recorder?.isRecording !== true) return apply(original, this, args)
    const { descriptor, refusal } = recorder.closings.begin(args[0], close)
    if (refusal !== null) throw refusal
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
