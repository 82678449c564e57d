import { type AsyncHook, createHook, executionAsyncId } from 'node:async_hooks'
import { types } from '../model/resource.ts'
import type { TypeFacts } from '../model/resource.ts'
import type { Fault } from '../model/snapshot.ts'
import { tapFs } from './taps/fs.ts'
import { type Descriptor, Ledger } from './ledger.ts'
import { Lifecycle } from './lifecycle.ts'
import { tapNet } from './taps/net.ts'
import { isFileStreamConstruction, isNativeHandle, reusedHandle } from './node-internals.ts'
import { carrier, Origins } from './origin.ts'
import { linkOf } from './procfs.ts'
import { type Opening, PendingStacks } from './stacks/pending.ts'
import { Sites } from './stacks/sites.ts'
import { type Entry, Table } from './table.ts'
import type { Undo } from './taps/tap.ts'

/** What a recorder is to record; several watches of a thread share one, which records what any of them wants. */
export interface Wanted {
  readonly types: ReadonlySet<string>
  /** Frames kept of each stack; 0 captures none. */
  readonly depth: number
}

// Requests whose completion yields an open resource, or closes one: recorded with it even when not asked for.
const companions: ReadonlyMap<string, readonly string[]> = new Map([
  ['fd', ['FSREQCALLBACK']],
  ['FILEHANDLE', ['FSREQPROMISE']],
  ['DIRHANDLE', ['FSREQCALLBACK', 'FSREQPROMISE']],
  ['TCPWRAP', ['TCPSERVERWRAP']],
  ['PIPEWRAP', ['PIPESERVERWRAP']],
  ['TLSWRAP', ['TCPWRAP', 'PIPEWRAP', 'TCPSERVERWRAP', 'PIPESERVERWRAP']],
])

/** Records the life of resources: one per thread. It never throws into the program: a fault stops it. */
export class Recorder {
  readonly table = new Table()
  readonly ledger = new Ledger()
  readonly sites = new Sites()
  readonly faults: Fault[] = []
  readonly origins: Origins
  readonly lifecycle: Lifecycle
  readonly startedAtMs = Date.now()
  pending: PendingStacks | null = null
  isRecording = true
  requestOf: Opening | null = null
  closes: Descriptor | null = null
  /** Openings that could not be recorded because the program was out of stack. */
  dropped = 0
  readonly #now = Date.now
  readonly #tracked = new Map<string, TypeFacts>()
  readonly #closings = new Map<number, Descriptor>()
  readonly #hook: AsyncHook
  readonly #init: (asyncId: number, type: string, triggerAsyncId: number, resource: object) => void
  #undoFs: Undo | null = null
  #undoNet: Undo | null = null
  #yielded: Entry | null = null
  #isSweepDue = false

  constructor(wanted: Wanted) {
    const hasPromises = announcesPromises()
    this.origins = new Origins(hasPromises)
    this.lifecycle = new Lifecycle({
      table: this.table,
      origins: this.origins,
      afterMs: () => this.afterMs(),
      isRecording: () => this.isRecording,
      fault: (where, error) => this.fault(where, error),
      onHandleClose: fd => this.ledger.close(fd),
    })
    this.#init = (asyncId, type, triggerAsyncId, resource) => {
      try {
        this.#onInit(asyncId, type, triggerAsyncId, resource)
      } catch (error) {
        this.fault('init', error)
      }
    }
    const before = (asyncId: number) => {
      try {
        this.#onBefore(asyncId)
      } catch (error) {
        this.fault('before', error)
      }
    }
    this.widen(wanted)
    // A hook with destroy makes V8 track the end of every promise (up to 11 × the awaits, 20 and 22), unless promises
    // are left out. Without it requests end at `before` and handles at their closers, as they do with it.
    this.#hook = hasPromises
      ? createHook({ init: this.#init, before })
      : createHook({ init: this.#init, before, destroy: asyncId => this.#onDestroy(asyncId), ...withoutPromises })
    this.#hook.enable()
  }

  /** Adds to what is recorded. */
  widen(wanted: Wanted): void {
    for (const type of wanted.types) {
      for (const name of [type, ...companions.get(type) ?? []]) this.#track(name)
    }
    if (wanted.depth > 0) {
      this.pending ??= new PendingStacks(this.sites, wanted.depth)
      this.pending.depth = Math.max(this.pending.depth, wanted.depth)
    }
    if (this.#tracked.has('fd')) this.#undoFs ??= tapFs(this)
    if (this.#tracked.has('TCPWRAP')) this.#undoNet ??= tapNet(this)
  }

  /** Whole milliseconds since the recorder started; the program may replace Date.now afterwards. */
  afterMs(): number {
    return this.#now() - this.startedAtMs
  }

  /** Our own failure: recording stops here, what was recorded stays, and the report is incomplete. */
  fault(where: string, error: unknown): void {
    if (error instanceof RangeError) {
      // The program is out of stack: it is about to learn that itself.
      this.dropped++
      return
    }
    this.faults.push({ where, message: error instanceof Error ? error.message : String(error) })
    this.stop()
  }

  stop(): void {
    if (!this.isRecording) return
    this.isRecording = false
    this.#hook.disable()
    this.#undoFs?.()
    this.#undoNet?.()
    this.lifecycle.stop()
    this.origins.stop()
  }

  #track(type: string): void {
    const facts = types.get(type)
    if (facts !== undefined) this.#tracked.set(type, facts)
  }

  // No closures, spreads or string building in here: it runs for every resource of the program.
  #onInit(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
    if (this.origins.isFollowing) this.origins.follow(asyncId)
    if (type === 'PROMISE') return
    const facts = this.#tracked.get(type)
    if (facts === undefined) {
      if (type === 'TickObject' ? isFileStreamConstruction(resource) : type === 'QueuedRequest') this.#carryTo(asyncId)
      return
    }
    if (facts.nature === 'request') {
      const entry = this.#entry(asyncId, type, facts, triggerAsyncId, null)
      if (this.requestOf !== null) entry.parent = this.requestOf
      else this.pending?.captureBrief(entry, this.#init)
      if (this.closes !== null) this.#closings.set(asyncId, this.closes)
      this.#add(entry)
      return
    }
    if (facts.group === 'net' && !isNativeHandle(resource)) {
      const handle = reusedHandle(resource)
      if (handle !== null) this.#onReuse(asyncId, type, facts, triggerAsyncId, handle)
      return
    }
    this.#onOpen(asyncId, type, facts, triggerAsyncId, resource)
  }

  #onOpen(asyncId: number, type: string, facts: TypeFacts, triggerAsyncId: number, resource: object): void {
    const entry = this.#entry(asyncId, type, facts, triggerAsyncId, new WeakRef(resource))
    const server = executionAsyncId() === 0 ? this.table.get(triggerAsyncId) : undefined
    if (server !== undefined && isServer(server.type)) {
      entry.parent = server
    } else {
      entry.parent = this.origins.current()
      this.pending?.captureOpen(entry, this.#init)
      // Born in the native completion of its request, whose `before` comes next.
      if (facts.group === 'fs' && triggerAsyncId === 0) this.#yielded = entry
    }
    this.lifecycle.follow(entry, resource)
    this.#add(entry)
  }

  #onReuse(asyncId: number, type: string, facts: TypeFacts, triggerAsyncId: number, handle: object): void {
    const entry = this.lifecycle.entryOf(handle)
    if (entry === undefined || entry.state !== 'open') {
      this.#onOpen(asyncId, type, facts, triggerAsyncId, handle)
      return
    }
    this.table.rename(entry, asyncId)
    entry.triggerAsyncId = triggerAsyncId
    entry.parent = this.origins.takeExpected()
    entry.raw = null
    entry.site = -1
    if (entry.parent === null) this.pending?.captureBrief(entry, this.#init)
  }

  #onBefore(asyncId: number): void {
    if (this.pending !== null && this.pending.hasTurn) this.pending.internTurn()
    if (this.#isSweepDue) this.#sweep()
    const entry = this.table.get(asyncId)
    if (entry === undefined || entry.facts.nature !== 'request') {
      this.#yielded = null
      return
    }
    if (this.#yielded !== null) this.#pair(this.#yielded, entry)
    if (this.#closings.size !== 0) this.#completeClose(asyncId)
    this.table.end(entry)
  }

  #onDestroy(asyncId: number): void {
    const entry = this.table.get(asyncId)
    if (entry !== undefined && entry.facts.nature === 'request') this.table.end(entry)
  }

  // The resource takes the origin of the request that yielded it. Its path is read now: once the collector has closed
  // it, nothing else tells which file it was.
  #pair(yielded: Entry, request: Entry): void {
    this.#yielded = null
    const own = this.pending?.intern(yielded) ?? -1
    if (!this.sites.hasUser(own)) {
      yielded.site = this.pending?.intern(request) ?? -1
      yielded.parent = request.parent
    }
    const { fd } = (yielded.resource?.deref() ?? {}) as { fd?: number }
    if (fd !== undefined && fd >= 0) yielded.target = linkOf(fd)
  }

  #completeClose(asyncId: number): void {
    const descriptor = this.#closings.get(asyncId)
    if (descriptor === undefined) return
    this.#closings.delete(asyncId)
    this.ledger.end(descriptor)
  }

  #carryTo(asyncId: number): void {
    const carried = carrier('single')
    this.pending?.captureBrief(carried, this.#init)
    this.origins.expectIn(asyncId, carried)
  }

  // Never swept here, inside init: a native getter of a resource that is still being constructed ends the process.
  #add(entry: Entry): void {
    if (this.table.add(entry)) this.#isSweepDue = true
  }

  #sweep(): void {
    this.#isSweepDue = false
    this.lifecycle.sweepRequests()
    this.table.sweep(entry => this.lifecycle.isDead(entry))
  }

  #entry(
    asyncId: number, type: string, facts: TypeFacts, triggerAsyncId: number, resource: WeakRef<object> | null,
  ): Entry {
    return {
      raw: null, site: -1, slot: -1, type, facts, asyncId, triggerAsyncId, openedAfterMs: this.afterMs(),
      resource, parent: null, state: 'open', target: null, collectedAfterMs: -1,
    }
  }
}

const withoutPromises = { trackPromises: false }

/** Whether hooks are told of promises although they asked not to be (before 24.14, 25.6). */
function announcesPromises(): boolean {
  let isAnnounced = false
  const init = (_asyncId: number, type: string) => {
    if (type === 'PROMISE') isAnnounced = true
  }
  const probe = createHook({ init, ...withoutPromises }).enable()
  void new Promise<void>(() => {})
  probe.disable()
  return isAnnounced
}

function isServer(type: string): boolean {
  return type === 'TCPSERVERWRAP' || type === 'PIPESERVERWRAP'
}
