import type { Opening } from '../stacks/pending.ts'
import type { FsRecorder } from './fs-recorder.ts'

/** `fs.openSync`, which is `below`, has given a descriptor. */
export function openedSync(recorder: FsRecorder, fd: number, path: unknown, below: object): void {
  try {
    const descriptor = recorder.ledger.open(fd, path, recorder.afterMs())
    recorder.ownership.reopened(fd)
    recorder.causes?.attach(descriptor, null)
    recorder.scopes?.attach(descriptor)
    recorder.pending?.captureOpen(descriptor, below)
    if (recorder.held >= recorder.crowdedAt) recorder.crowded()
  } catch (error) {
    recorder.fault('fs.openSync', error)
  }
}

/** What `fs.open`, which is `below`, opens; its descriptor is yet to come. */
export function openingOf(recorder: FsRecorder, below: object): Opening {
  try {
    const expected = recorder.origins.takeExpected()
    if (expected !== null) return expected
    const opening = { stack: -1 }
    recorder.pending?.captureBrief(opening, below)
    recorder.causes?.attach(opening, null)
    recorder.scopes?.attach(opening)
    return opening
  } catch (error) {
    recorder.fault('fs.open', error)
    return { stack: -1 }
  }
}

/** `fs.open` has given a descriptor. */
export function opened(recorder: FsRecorder, fd: number, path: unknown, afterMs: number, opening: Opening): void {
  try {
    const descriptor = recorder.ledger.open(fd, path, afterMs)
    recorder.ownership.reopened(fd)
    descriptor.stack = recorder.pending?.intern(opening) ?? -1
    recorder.causes?.inherit(descriptor, opening)
    recorder.scopes?.inherit(descriptor, opening)
    recorder.fileStreams.inherit(descriptor, opening)
    if (recorder.held >= recorder.crowdedAt) recorder.crowded()
  } catch (error) {
    recorder.fault('fs.open', error)
  }
}
