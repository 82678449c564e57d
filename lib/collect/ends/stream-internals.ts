// What streams keep inside, undocumented as all of node-internals.ts.
import { Array, ownValue } from '../intrinsics.ts'
import { asObject, read, valueOfSymbol } from '../node-internals.ts'
import { fstatSync } from '../taps/untapped.ts'

/**
 * Whether a file stream was destroyed, or came to its end: it then closes its descriptor in one of the next ticks. If what is read here
 * vanishes: the descriptor is a leak until then.
 */
export function closesItself(stream: object): boolean {
  const reading = asObject(ownValue(stream, '_readableState'))
  const writing = asObject(ownValue(stream, '_writableState'))
  const state = reading ?? writing ?? {}
  // One that says it is closed, and has left its descriptor open, will not come back to it.
  if (read(state, 'closed') === true) return false
  if (read(stream, 'destroyed') === true) return true
  if (read(state, 'autoDestroy') !== true) return false
  return reading === null ? read(state, 'finished') === true || hasWrittenAll(state) : read(state, 'endEmitted') === true
}

/**
 * Whether a stream flows that has read all of its file: the read that is under way says so, and closes it. Whom it writes to has it all by then (an answer with a
 * `content-length`). If what is read here vanishes: the descriptor is a leak until then.
 */
export function hasReadAll(stream: object): boolean {
  const state = asObject(ownValue(stream, '_readableState')) ?? {}
  if (read(state, 'flowing') !== true || read(state, 'reading') !== true || read(state, 'autoDestroy') !== true) return false
  // One that is piped into what was destroyed is let go of, and never comes to its end.
  const pipes = read(state, 'pipes')
  if (!Array.isArray(pipes) || pipes.some(to => read(to as object, 'destroyed') === true)) return false
  try {
    const file = fstatSync(ownValue(stream, 'fd') as number)
    return file.isFile() && Number(ownValue(stream, 'start') ?? 0) + Number(ownValue(stream, 'bytesRead')) >= file.size
  } catch {
    return false
  }
}

/** Whether a stream that only writes was ended, and closes its descriptor once all is written. If what is read here vanishes: the descriptor is a leak until then. */
export function isWritingOut(stream: object): boolean {
  const state = asObject(ownValue(stream, '_writableState')) ?? {}
  return asObject(ownValue(stream, '_readableState')) === null && read(state, 'autoDestroy') === true && read(state, 'ending') === true
}

/** The native handle of the FileHandle that a stream was made of; null for any other. If its symbols vanish: the FileHandle is a leak until it is closed. */
export function fileHandleOf(stream: object): object | null {
  const fileHandle = valueOfSymbol(stream, 'kHandle')
  return fileHandle === null ? null : valueOfSymbol(fileHandle, 'kHandle')
}

/** Whether a stream was ended and has nothing left to write. If its states vanish: it is open until it is finished. */
export function hasWrittenAll(state: object): boolean {
  return read(state, 'ending') === true && read(state, 'length') === 0
}
