import type { LeakwatchError } from '../../model/errors.ts'
import { Reflect } from '../intrinsics.ts'
import type { Descriptor } from '../ledger.ts'
import type { Call, FsRecorder } from './fs-recorder.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

/** What is known of a number as it is being closed. */
interface Closing {
  readonly descriptor: Descriptor | null
  /** Thrown instead of closing a number that is not the caller's, where that was asked for. */
  readonly refusal: LeakwatchError | null
}

const unknown: Closing = { descriptor: null, refusal: null }
const ownScript = 'node:fs'

export function closeSyncTap(recorder: FsRecorder, original: Call): Call {
  return function closeSync(this: unknown, ...args: unknown[]): unknown {
    if (!recorder.isRecording) return apply(original, this, args)
    const { descriptor, refusal } = begin(recorder, args[0], closeSync)
    if (refusal !== null) throw refusal
    try {
      const result = apply(original, this, args)
      if (descriptor !== null) end(recorder, descriptor, closeSync)
      return result
    } catch (error) {
      throw descriptor === null ? error : failed(recorder, descriptor, error, closeSync)
    }
  }
}

export function closeTap(recorder: FsRecorder, original: Call): Call {
  return function close(this: unknown, ...args: unknown[]): unknown {
    if (!recorder.isRecording) return apply(original, this, args)
    const { descriptor, refusal } = begin(recorder, args[0], close)
    if (refusal !== null) throw refusal
    recorder.events.closes = descriptor
    try {
      const result = apply(original, this, args)
      // Closed or not (EIO, EINTR), the number is free once the call completes; a refused argument throws before this.
      if (descriptor !== null && !descriptor.isClosing) begun(recorder, descriptor, close)
      return result
    } finally {
      recorder.events.closes = null
    }
  }
}

function begin(recorder: FsRecorder, fd: unknown, below: object): Closing {
  try {
    const descriptor = recorder.ledger.get(fd as number) ?? null
    return { descriptor, refusal: recorder.ownership.checkClose(fd, descriptor, below) }
  } catch (error) {
    recorder.fault('fs.close', error)
    return unknown
  }
}

function begun(recorder: FsRecorder, descriptor: Descriptor, below: object): void {
  descriptor.isClosing = true
  try {
    noteEnd(recorder, descriptor, below)
  } catch (error) {
    recorder.fault('fs.close', error)
  }
}

function end(recorder: FsRecorder, descriptor: Descriptor, below: object): void {
  try {
    if (isNodesOwn(recorder, descriptor, below)) recorder.ownership.passed(descriptor.fd)
    else noteEnd(recorder, descriptor, below)
    recorder.ledger.end(descriptor)
  } catch (error) {
    recorder.fault('fs.closeSync', error)
  }
}

// readFileSync and its like close what they open, in the call: no line of the program does, and reading two stacks would cost more than
// the file. Their stack, which is still raw, is dropped.
function isNodesOwn({ pending }: FsRecorder, { stack }: Descriptor, below: object): boolean {
  return typeof stack !== 'number' && pending?.stacks.callerOf(below) === ownScript
}

function noteEnd(recorder: FsRecorder, descriptor: Descriptor, below: object): void {
  const closed = recorder.noteEnd(descriptor, below)
  const { fd, path, stack } = descriptor
  recorder.ownership.closed(fd, path, typeof stack === 'number' ? stack : -1, closed)
}

// Somebody whom no tap saw had closed it already: native code, another thread.
function failed(recorder: FsRecorder, descriptor: Descriptor, error: unknown, below: object): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EBADF') return error
  try {
    const refusal = recorder.ownership.wasClosedUnseen(descriptor, below)
    recorder.ledger.end(descriptor)
    return refusal ?? error
  } catch (fault) {
    recorder.fault('fs.closeSync', fault)
    return error
  }
}
