import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Reflect } from '../intrinsics.ts'
import type { Opening } from '../stacks/pending.ts'
import { closeSyncTap, closeTap } from './close.ts'
import type { Call, FsRecorder } from './fs-recorder.ts'
import { tap, type Undo } from './tap.ts'
import { descriptorUsers, useTap } from './use.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

/**
 * Pairs opening and closing of integer descriptors, for which Node announces nothing. Seen by CommonJS, by named ESM
 * imports and by Node's own callers (readFileSync, streams). `fs.promises.open` needs no tap: its FileHandle is announced.
 */
export function tapFs(recorder: FsRecorder): Undo {
  return tapAll(recorder, [
    ['openSync', original => openSyncTap(recorder, original)],
    ['open', original => openTap(recorder, original)],
    ['closeSync', original => closeSyncTap(recorder, original)],
    ['close', original => closeTap(recorder, original)],
  ])
}

/** Looks at the numbers that are read, written and asked, where somebody wants to know of those that are closed. */
export function tapUse(recorder: FsRecorder): Undo {
  return tapAll(recorder, descriptorUsers.map(name => [name, original => useTap(recorder, name, original)]))
}

function tapAll(recorder: FsRecorder, wraps: readonly (readonly [string, (original: Call) => Call])[]): Undo {
  const undos: Undo[] = []
  for (const [name, wrap] of wraps) {
    try {
      const undo = tap<Call>(fs, name, wrap)
      if (undo !== null) undos.push(undo)
    } catch (error) {
      recorder.miss(`tap on fs.${name}`, error)
    }
  }
  syncBuiltinESMExports()
  return () => {
    for (const undo of undos) undo()
    syncBuiltinESMExports()
  }
}

function openSyncTap(recorder: FsRecorder, original: Call): Call {
  return function openSync(this: unknown, ...args: unknown[]): unknown {
    let fd: unknown
    try {
      fd = apply(original, this, args)
    } catch (error) {
      recorder.failed(error)
      throw error
    }
    if (recorder.isRecording) {
      try {
        const descriptor = recorder.ledger.open(fd as number, args[0], recorder.afterMs())
        recorder.ownership.reopened(fd as number)
        recorder.causes?.attach(descriptor, null)
        recorder.scopes?.attach(descriptor)
        recorder.pending?.captureOpen(descriptor, openSync)
        if (recorder.held >= recorder.crowdedAt) recorder.crowded()
      } catch (error) {
        recorder.fault('fs.openSync', error)
      }
    }
    return fd
  }
}

function openTap(recorder: FsRecorder, original: Call): Call {
  return function open(this: unknown, ...args: unknown[]): unknown {
    const at = callbackIndex(args)
    const callback = args[at]
    if (!recorder.isRecording || typeof callback !== 'function') return apply(original, this, args)
    const opening = openingOf(recorder, open)
    const startedAfterMs = recorder.afterMs()
    args[at] = function (this: unknown, error: unknown, fd: unknown) {
      if (typeof fd === 'number' && recorder.isRecording) opened(recorder, fd, args[0], startedAfterMs, opening)
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

function openingOf(recorder: FsRecorder, below: object): Opening {
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

function opened(recorder: FsRecorder, fd: number, path: unknown, afterMs: number, opening: Opening): void {
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
