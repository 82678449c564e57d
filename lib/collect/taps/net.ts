import { Server } from 'node:net'
import { Reflect } from '../intrinsics.ts'
import { carrier, type Carrier, type Origins } from '../origin.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import { tap, type Undo } from './tap.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Call = (this: unknown, ...args: unknown[]) => unknown

/** What the taps on listen and fetch need of the recorder. */
export interface NetRecorder {
  readonly origins: Origins
  readonly pending: PendingStacks | null
  readonly isRecording: boolean
  fault(where: string, error: unknown): void
  miss(where: string, error: unknown): void
}

/** Keeps the origin of calls whose socket is born after ticks or promise steps: `listen` with a host, and `fetch`. */
export function tapNet(recorder: NetRecorder): Undo {
  const undos: Undo[] = []
  try {
    const listen = tap<Call>(Server.prototype, 'listen', original => listenTap(recorder, original))
    if (listen !== null) undos.push(listen)
    // A getter is left alone: reading it would load undici before the program asks for it.
    const fetch = tap<Call>(globalThis, 'fetch', original => fetchTap(recorder, original))
    if (fetch !== null) undos.push(fetch)
  } catch (error) {
    recorder.miss('tap on listen and fetch', error)
  }
  return () => {
    for (const undo of undos) undo()
  }
}

function listenTap(recorder: NetRecorder, original: Call): Call {
  return function listen(this: unknown, ...args: unknown[]): unknown {
    if (recorder.isRecording && recorder.pending !== null) {
      try {
        if (this instanceof Server) recorder.origins.setOwner(this, recorder.pending.siteOf(listen))
      } catch (error) {
        recorder.fault('net.Server.listen', error)
      }
    }
    return apply(original, this, args)
  }
}

function fetchTap(recorder: NetRecorder, original: Call): Call {
  return function fetch(this: unknown, ...args: unknown[]): unknown {
    if (!recorder.isRecording || recorder.pending === null) return apply(original, this, args)
    const carried = carrierOf(recorder, recorder.pending, fetch)
    return recorder.origins.carry(carried, () => apply(original, this, args))
  }
}

function carrierOf(recorder: NetRecorder, pending: PendingStacks, below: object): Carrier {
  const carried = carrier('followed')
  try {
    pending.captureBrief(carried, below)
  } catch (error) {
    recorder.fault('fetch', error)
  }
  return carried
}
