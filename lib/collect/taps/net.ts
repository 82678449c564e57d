import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Reflect } from '../intrinsics.ts'
import { carrier, type Carrier, type Origins } from '../origin.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import { tap, type Undo, undoAll } from './tap.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

const listening = 'tracing:net.server.listen:asyncStart'

type Call = (this: unknown, ...args: unknown[]) => unknown

/** What the taps on listen and fetch need of the recorder. */
export interface NetRecorder {
  readonly origins: Origins
  readonly pending: PendingStacks | null
  readonly isRecording: boolean
  fault(where: string, error: unknown): void
}

/** Where the taps on listen and fetch find it: there is none until something is worth recording. */
export interface NetStandby {
  /** Makes one if there is none yet; null where that can't be done. */
  wake(): NetRecorder | null
  miss(where: string, error: unknown): void
}

/** Keeps the origin of calls whose socket is born after ticks or promise steps: `listen` with a host, and `fetch`. */
export function tapNet(standby: NetStandby): Undo {
  const undos = [hearListen(standby)]
  try {
    // A getter is left alone: reading it would load undici before the program asks for it.
    const fetch = tap<Call>(globalThis, 'fetch', original => fetchTap(standby, original))
    if (fetch !== null) undos.push(fetch)
  } catch (error) {
    standby.miss('tap on fetch', error)
  }
  return undoAll(undos)
}

// Node publishes it within the call. A tap would have to load node:net, a fifth of the start-up, in programs that never do.
function hearListen(standby: NetStandby): Undo {
  const onListen = (message: unknown) => {
    const { server } = message as { readonly server: unknown }
    const recorder = standby.wake()
    // A receiver that is no server is told of, too.
    if (recorder?.isRecording !== true || recorder.pending === null || typeof server !== 'object' || server === null) return
    try {
      recorder.origins.setOwner(server, recorder.pending.siteOf(onListen))
    } catch (error) {
      recorder.fault('net.Server.listen', error)
    }
  }
  subscribe(listening, onListen)
  return () => void unsubscribe(listening, onListen)
}

function fetchTap(standby: NetStandby, original: Call): Call {
  return function fetch(this: unknown, ...args: unknown[]): unknown {
    const recorder = standby.wake()
    if (recorder?.isRecording !== true || recorder.pending === null) return apply(original, this, args)
    const carried = carrierOf(recorder, recorder.pending, fetch)
    return recorder.origins.carry(carried, () => apply(original, this, args))
  }
}

function carrierOf(recorder: NetRecorder, pending: PendingStacks, below: object): Carrier {
  const carried = carrier('followed', 'TCPWRAP')
  try {
    pending.captureBrief(carried, below)
  } catch (error) {
    recorder.fault('fetch', error)
  }
  return carried
}
