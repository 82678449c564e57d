import type { LeakwatchError } from '../../../model/errors.ts'
import { Reflect } from '../../intrinsics.ts'
import type { Call, FsRecorder, FsStandby } from './fs-recorder.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

/**
 * The functions of node:fs that take the number of an open descriptor first, but for those that close it: each of these, and its `Sync`. Not `readFile` and
 * its like, which mostly take a path: a frame of ours would stand in the stack of each error that a file is missing.
 */
export const descriptorOperations = ['read', 'readv', 'write', 'writev', 'fstat', 'fsync', 'fdatasync', 'ftruncate', 'futimes', 'fchmod', 'fchown']

export function useTap(standby: FsStandby, original: Call, name: string): Call {
  return function use(this: unknown, ...args: unknown[]): unknown {
    // Where there is none yet, no number was closed.
    const { recorder } = standby
    const refusal = recorder?.isRecording === true ? check(recorder, name, args[0], use) : null
    if (refusal !== null) throw refusal
    return apply(original, this, args)
  }
}

function check(recorder: FsRecorder, name: string, fd: unknown, below: object): LeakwatchError | null {
  try {
    return recorder.ownership.checkUse(fd, below)
  } catch (error) {
    recorder.fault(`fs.${name}`, error)
    return null
  }
}
