import type { LeakwatchError } from '../../model/errors.ts'
import type { Descriptor } from '../ledger.ts'
import { fsScript } from '../stacks/scripts.ts'
import type { FsRecorder } from './fs-recorder.ts'

/** What is known of a number as it is being closed. */
interface Closing {
  readonly descriptor: Descriptor | null
  /** Thrown instead of closing a number that is not the caller's, where that was asked for. */
  readonly refusal: LeakwatchError | null
}

const unknown: Closing = { descriptor: null, refusal: null }

/** A number is about to be closed by the caller of `below`. */
export function begin(recorder: FsRecorder, fd: unknown, below: object): Closing {
  try {
    const descriptor = recorder.ledger.get(fd as number) ?? null
    return { descriptor, refusal: recorder.ownership.checkClose(fd, descriptor, below) }
  } catch (error) {
    recorder.fault('fs.close', error)
    return unknown
  }
}

/** Its close was begun, and can only succeed. */
export function begun(recorder: FsRecorder, descriptor: Descriptor, below: object): void {
  descriptor.isClosing = true
  try {
    noteEnd(recorder, descriptor, below)
  } catch (error) {
    recorder.fault('fs.close', error)
  }
}

/** It was closed. */
export function end(recorder: FsRecorder, descriptor: Descriptor, below: object): void {
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
  return typeof stack !== 'number' && pending?.stacks.callerOf(below) === fsScript
}

function noteEnd(recorder: FsRecorder, descriptor: Descriptor, below: object): void {
  const closed = recorder.noteEnd(descriptor, below)
  const { fd, path, stack } = descriptor
  recorder.ownership.closed(fd, path, typeof stack === 'number' ? stack : -1, closed)
}

/** Its close was refused; where somebody whom no tap saw (native code, another thread) had closed it already, the caller may be told. Returns what is thrown. */
export function failed(recorder: FsRecorder, descriptor: Descriptor, error: unknown, below: object): unknown {
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
