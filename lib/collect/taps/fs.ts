import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { HookEvents } from '../hook-events.ts'
import { Object, Reflect } from '../intrinsics.ts'
import type { Descriptor, Ledger } from '../ledger.ts'
import type { Origins } from '../origin.ts'
import type { Opening, PendingStacks } from '../stacks/pending.ts'
import { tap, type Undo } from './tap.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Call = (this: unknown, ...args: unknown[]) => unknown

/** What the taps on node:fs need of the recorder. */
export interface FsRecorder {
  readonly ledger: Ledger
  readonly origins: Origins
  readonly pending: PendingStacks | null
  readonly isRecording: boolean
  readonly events: HookEvents
  afterMs(): number
  fault(where: string, error: unknown): void
  miss(where: string, error: unknown): void
}

/**
 * Pairs opening and closing of integer descriptors, for which Node announces nothing. Seen by CommonJS, by named ESM
 * imports and by Node's own callers (readFileSync, streams). `fs.promises.open` needs no tap: its FileHandle is announced.
 */
export function tapFs(recorder: FsRecorder): Undo {
  const undos: Undo[] = []
  const wraps: Record<string, (original: Call) => Call> = {
    openSync: original => openSyncTap(recorder, original),
    open: original => openTap(recorder, original),
    closeSync: original => closeSyncTap(recorder, original),
    close: original => closeTap(recorder, original),
  }
  for (const [name, wrap] of Object.entries(wraps)) {
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
    const fd = apply(original, this, args)
    if (recorder.isRecording) {
      try {
        const descriptor = recorder.ledger.open(fd as number, args[0], recorder.afterMs())
        recorder.pending?.captureOpen(descriptor, openSync)
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
    return opening
  } catch (error) {
    recorder.fault('fs.open', error)
    return { stack: -1 }
  }
}

function opened(recorder: FsRecorder, fd: number, path: unknown, afterMs: number, opening: Opening): void {
  try {
    const descriptor = recorder.ledger.open(fd, path, afterMs)
    descriptor.stack = recorder.pending?.intern(opening) ?? -1
  } catch (error) {
    recorder.fault('fs.open', error)
  }
}

function closeSyncTap(recorder: FsRecorder, original: Call): Call {
  return function closeSync(this: unknown, ...args: unknown[]): unknown {
    const result = apply(original, this, args)
    if (recorder.isRecording) {
      try {
        recorder.ledger.close(args[0] as number)
      } catch (error) {
        recorder.fault('fs.closeSync', error)
      }
    }
    return result
  }
}

function closeTap(recorder: FsRecorder, original: Call): Call {
  return function close(this: unknown, ...args: unknown[]): unknown {
    if (!recorder.isRecording) return apply(original, this, args)
    const descriptor = descriptorOf(recorder, args[0])
    recorder.events.closes = descriptor
    try {
      const result = apply(original, this, args)
      // Closed or not (EIO, EINTR), the number is free once the call completes; a refused argument throws before this.
      if (descriptor !== null) descriptor.isClosing = true
      return result
    } finally {
      recorder.events.closes = null
    }
  }
}

function descriptorOf(recorder: FsRecorder, fd: unknown): Descriptor | null {
  try {
    return recorder.ledger.get(fd as number) ?? null
  } catch (error) {
    recorder.fault('fs.close', error)
    return null
  }
}
