import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Reflect } from '../intrinsics.ts'
import { closeSyncTap, closeTap } from './close.ts'
import type { Call, FsRecorder, FsStandby } from './fs-recorder.ts'
import { tap, type Undo } from './tap.ts'
import { descriptorOperations, useTap } from './use.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Wrap = (standby: FsStandby, original: Call, name: string) => Call

/**
 * Pairs opening and closing of integer descriptors, for which Node announces nothing. Seen by CommonJS, by named ESM
 * imports and by Node's own callers (readFileSync, streams). `fs.promises.open` needs no tap: its FileHandle is announced.
 */
export function tapFs(standby: FsStandby): Undo {
  const undos: Undo[] = []
  tapWith(openSyncTap, 'openSync', standby, undos)
  tapWith(openTap, 'open', standby, undos)
  tapWith(closeSyncTap, 'closeSync', standby, undos)
  tapWith(closeTap, 'close', standby, undos)
  return undoAll(undos)
}

/** Looks at the numbers that are read, written and asked, where somebody wants to know of those that are closed. */
export function tapUse(standby: FsStandby): Undo {
  const undos: Undo[] = []
  for (const operation of descriptorOperations) {
    tapWith(useTap, operation, standby, undos)
    tapWith(useTap, `${operation}Sync`, standby, undos)
  }
  return undoAll(undos)
}

function tapWith(wrap: Wrap, name: string, standby: FsStandby, undos: Undo[]): void {
  try {
    const undo = tap<Call>(fs, name, original => wrap(standby, original, name))
    if (undo !== null) undos.push(undo)
  } catch (error) {
    standby.miss(`tap on fs.${name}`, error)
  }
}

function undoAll(undos: readonly Undo[]): Undo {
  return () => {
    // By number: the program may have replaced the iterator of arrays.
    for (let index = 0; index < undos.length; index++) undos[index]!()
  }
}

/** Shows the taps that were put in place, or taken back, to modules that import functions of node:fs by name. */
export const showTaps: () => void = syncBuiltinESMExports

function openSyncTap(standby: FsStandby, original: Call): Call {
  return function openSync(this: unknown, ...args: unknown[]): unknown {
    let recorder: FsRecorder | null = null
    try {
      recorder = standby.wakeFor(openSync)
    } catch {
      // Out of stack by the taps alone, perhaps: the program would have opened it.
    }
    let fd: unknown = null
    try {
      fd = apply(original, this, args)
    } finally {
      // What is caught and thrown again Node would show with a line of ours.
      if (fd === null) recorder?.failed(null)
    }
    try {
      if (recorder === null) standby.passedOver = fd as number
      else if (recorder.isRecording) recorder.openings.openedSync(fd as number, args[0], openSync)
    } catch {
      // Out of stack: the program has its number all the same.
      if (recorder !== null) recorder.dropped++
    }
    return fd
  }
}

function openTap(standby: FsStandby, original: Call): Call {
  return function open(this: unknown, ...args: unknown[]): unknown {
    const at = callbackIndex(args)
    const callback = args[at]
    const recorder = standby.wakeFor(open)
    if (recorder?.isRecording !== true || typeof callback !== 'function') return apply(original, this, args)
    const opening = recorder.openings.begun(open)
    const startedAfterMs = recorder.afterMs()
    args[at] = function (this: unknown, error: unknown, fd: unknown) {
      if (typeof fd === 'number' && recorder.isRecording) recorder.openings.opened(fd, args[0], startedAfterMs, opening)
      else recorder.failed(error)
      return apply(callback, this, arguments)
    }
    recorder.events.requestOf = opening
    try {
      return apply(original, this, args)
    } finally {
      recorder.events.requestOf = null
    }
  }
}

// As fs.open itself finds its callback.
function callbackIndex(args: readonly unknown[]): number {
  if (args.length < 3) return 1
  return typeof args[2] === 'function' ? 2 : 3
}
