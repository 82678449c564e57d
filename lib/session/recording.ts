// session: the life of leakwatch in a process. Joins the rooms below: options -> recorder -> snapshot -> report -> output.
// What of it runs before exit is small and synchronous; nothing of it throws into the program.
import { hasLoadingThread } from '../collect/ends/let-go.ts'
import { emptySnapshot } from '../collect/snapshot/empty.ts'
import { Kernel } from '../collect/snapshot/kernel.ts'
import { listing } from '../collect/snapshot/listing.ts'
import { Standby } from '../collect/standby/standby.ts'
import type { Wanted } from '../collect/standby/wanted.ts'
import type { TapEarlier } from '../collect/taps/fs/earlier.ts'
import { threads } from '../collect/thread.ts'
import { LeakwatchError } from '../model/errors.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Fault, Snapshot } from '../model/snapshot.ts'
import { Pressure, type Shortage } from './moments/pressure.ts'
import { Reserve } from './reserve.ts'
import { InCommon } from './in-common.ts'
import { whyUnsupported, whyUntold } from './runtime.ts'
import type { Scopes } from '../collect/tracked/scopes.ts'
import { taken } from './taken.ts'
import { begunScopes } from './tracked/thread-scopes.ts'
import { begunTracking } from './tracked/begun.ts'

const protocol = 7
const common = new InCommon<Shared>('leakwatch.recording', protocol)

/** What records in a thread, for all copies of the package. */
export interface Shared {
  readonly protocol: number
  readonly from: string
  readonly standby: Standby
  readonly kernel: Kernel
  readonly reserve: Reserve
  users: number
}

/** One watch's part in the recording of this thread. */
export interface Recording {
  /** Whether another one had begun it. */
  readonly isShared: boolean
  /** The module that began it, as a URL. */
  readonly from: string
  readonly reserve: Reserve
  /** Whether nothing was opened yet that is worth recording, no tag is open, and nothing failed. */
  readonly isIdle: boolean
  /** What could not be seen. */
  readonly faults: readonly Fault[]
  /** Whether a fault has ended the recording. */
  readonly isBroken: boolean
  /** Whether a snapshot would have nothing to tell of. */
  isEmpty(): boolean
  /** Whether a thread that is recorded still loads its code. */
  isLoading(): boolean
  snapshot(): Snapshot
  /** As `snapshot`, in a fraction of the time: without the kernel, so that what nobody was seen to close is among it, and without what was closed. */
  glance(): Snapshot
  /** Calls back with each misuse of a descriptor when it is first met, as a snapshot of nothing else. */
  onMisuse(listener: (misused: Snapshot) => void): void
  /** Calls back when descriptors run out, or when few are left, as far as that is wanted: the listener returns whether anybody was named who holds some. */
  onShortage(wanted: ReadonlySet<string>, listener: (shortage: Shortage) => boolean): void
  /** Calls back as soon as something is opened; at once where something was. */
  whenAwake(run: () => void): void
  /** Calls a function that begins something of ours. */
  aside<T>(run: () => T): T
  /** The event loop is over; listeners of `exit` are still to come. */
  ending(): void
  /** No callback of the program runs after this. */
  end(): void
  /** The last one to leave ends the recording and takes back every tap. */
  leave(): void
}

/**
 * Joins the recording of this thread, beginning it where there is none: however many watches and copies of the package
 * there are, one AsyncHook records for them all.
 *
 * @param own Packages, as beginnings of paths inside node_modules, whose resources alone are no reason to begin
 * @param tapEarlier What meets functions of node:fs that the program took before; null where it had not begun
 * @throws LeakwatchError `ERR_LEAKWATCH_OTHER_COPY` when a copy of another version records already, `ERR_LEAKWATCH_RUNTIME` where nothing
 * can be recorded
 */
export function join(settings: Settings, own: readonly string[] = [], tapEarlier: TapEarlier | null = null): Recording {
  const other = common.ofAnother()
  if (other !== null) throw otherCopy(other)
  const wanted = wantedBy(settings)
  const found = begunRecording()
  found?.standby.widen(wanted)
  const shared = found ?? common.keep(begin(wanted, own, tapEarlier))
  shared.users++
  let isMember = true
  const end = () => {
    shared.standby.end()
    begunTracking()?.tracking.end()
  }
  const isEmpty = () => shared.standby.isEmpty() && (begunTracking()?.tags.isEmpty ?? true)
  return {
    isShared: found !== null,
    from: shared.from,
    reserve: shared.reserve,
    get isIdle() {
      return shared.standby.isIdle && (begunTracking()?.tags.isEmpty ?? true)
    },
    faults: shared.standby.faults,
    get isBroken() {
      return shared.standby.isBroken
    },
    isEmpty,
    isLoading: () => {
      const { recorder } = shared.standby
      return recorder !== null && hasLoadingThread(recorder.table, recorder.afterMs())
    },
    snapshot: () => taken(shared, settings.types, shared.kernel),
    glance: () => isEmpty() ? emptySnapshot() : taken(shared, settings.types, null),
    onMisuse(listener) {
      shared.standby.whenAwake(({ ownership, sites }) => {
        ownership.onFirst = misuse => listener({ ...emptySnapshot(), sites: [...sites.all], misuses: [misuse] })
      })
    },
    onShortage(wanted, listener) {
      const asked = { emfile: wanted.has('emfile'), threshold: wanted.has('threshold') }
      const { reserve, standby } = shared
      standby.whenAwake(recorder => void new Pressure({ recorder, kernel: shared.kernel, reserve, aside: run => standby.aside(run) }, asked, listener))
    },
    whenAwake: run => shared.standby.whenAwake(run),
    aside: run => shared.standby.aside(run),
    ending() {
      shared.standby.ending()
      // What a listener lets go of nobody would be told of.
      end()
    },
    end,
    leave() {
      if (!isMember) return
      isMember = false
      if (--shared.users > 0) {
        shared.standby.narrow(wanted)
        return
      }
      common.drop()
      shared.standby.stop()
      shared.reserve.release()
    },
  }
}

/** The recording of this thread; null where there is none that this copy understands. */
export function begunRecording(): Shared | null {
  const found = common.get()
  // One that is over stays where the program has frozen `process` since it began.
  return found !== null && found.users > 0 ? found : null
}

/** Has what is opened from here on marked with the scope that it is opened in. */
export function recordScopes(scopes: Scopes): void {
  begunRecording()?.standby.recordScopes(scopes)
  const begun = begunTracking()
  if (begun !== null) begun.tracking.scopes = scopes
}

/** Has a function called with each new resource of a type. */
export function listenTo(type: string, hear: (resource: object) => void): void {
  begunRecording()?.standby.listeners.add({ type, hear })
}

function begin(wanted: Wanted, own: readonly string[], tapEarlier: TapEarlier | null): Shared {
  const why = whyUnsupported()
  if (why !== null) throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', why)
  // What is open before us is the runtime's or inherited: the kernel is asked first. What that leads to is asked when it is needed.
  const listed = listing() ?? []
  let kernel: Kernel | null = null
  const kernelNow = () => kernel ??= new Kernel(listed, reserve.fd)
  // A Worker's descriptors are the process's: one is enough.
  const reserve = new Reserve(threads().isMainThread)
  const standby = new Standby(own)
  if (!standby.isTold) {
    standby.stop()
    reserve.release()
    throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', whyUntold())
  }
  standby.whenAwake(kernelNow)
  standby.widen(wanted, tapEarlier)
  const scopes = begunScopes()
  if (scopes !== null) standby.recordScopes(scopes)
  return { protocol, from: import.meta.url, standby, reserve, users: 0, get kernel() { return kernelNow() } }
}

function wantedBy(settings: Settings): Wanted {
  const { mode, budget, isUnasked, depth, ownership, chain } = settings
  const hasStacks = mode === 'full' || mode === 'adaptive'
  return {
    get types() {
      return settings.types
    },
    isUnasked, depth: hasStacks ? depth : 0, budget: mode === 'adaptive' ? budget : Infinity, ownership: hasStacks ? ownership : 'off', chain: hasStacks && chain,
  }
}

function otherCopy(found: Shared): LeakwatchError {
  const message = `Another version of leakwatch records this process already (${found.from}), and this copy `
    + `(${import.meta.url}) cannot share its recorder. Install one version of leakwatch, or load one copy alone.`
  return new LeakwatchError('ERR_LEAKWATCH_OTHER_COPY', message)
}
