import { AsyncResource, executionAsyncId } from 'node:async_hooks'
import { isServerType, type TypeFacts } from '../model/type-table.ts'
import { isInsideInit } from './standby/inside-init.ts'
import { WeakRef } from './intrinsics.ts'
import { isPassedOver, StreamRequests } from './ends/stream-requests.ts'
import { isBareParser, isNativeHandle, reusedHandle } from './node-internals.ts'
import { carrier } from './origin.ts'
import { fdOf, typeOf } from './snapshot/attribution.ts'
import { linkOf } from './snapshot/kernel.ts'
import { nextTurn } from './settle.ts'
import { originOfFired } from './stacks/fired.ts'
import type { Opening } from './stacks/opening.ts'
import { clientFrames, openFrames } from './stacks/scripts.ts'
import type { Entry } from './table.ts'
import { ClosingRequests } from './taps/closing-requests.ts'
import type { Heard, RecorderParts } from './standby/heard.ts'
import { refusesChild } from './standby/node-calls.ts'
import { passOn } from './standby/pass-on.ts'

/** What the AsyncHook tells, put into table and ledger. */
export class HookEvents {
  /** The opening to which the request that is being made now belongs, instead of a capture of its own. */
  requestOf: Opening | null = null
  readonly init: (asyncId: number, type: string, triggerAsyncId: number, resource: object) => void
  readonly before: (asyncId: number) => void
  readonly streamRequests: StreamRequests
  readonly closingRequests: ClosingRequests
  readonly #recorder: RecorderParts
  readonly #heard: Heard
  #yielded: Entry | null = null
  #newest: Entry | null = null
  #below: object
  #isSweepDue = false
  #isCrowded = false

  constructor(recorder: RecorderParts, heard: Heard) {
    this.#recorder = recorder
    this.#heard = heard
    this.streamRequests = new StreamRequests(recorder.table)
    this.closingRequests = new ClosingRequests(recorder)
    this.init = (asyncId, type, triggerAsyncId, resource) => {
      try {
        const facts = this.#hear(asyncId, type, triggerAsyncId, resource)
        // Not in there: V8 walks each function of ours between the program and the capture of its stack, which costs what a frame does that is kept.
        if (facts === null) return
        if (facts.nature === 'request') this.#onRequest(asyncId, facts, triggerAsyncId, resource)
        else if ((facts.nature !== 'handle' && facts.nature !== 'session') || isNativeHandle(resource)) this.#onOpen(asyncId, facts, triggerAsyncId, resource)
        else this.#onReuse(asyncId, facts, triggerAsyncId, resource)
      } catch (error) {
        if (!passOn(error)) recorder.fault('init', error)
      }
    }
    this.#below = this.init
    this.before = asyncId => {
      try {
        this.#onBefore(asyncId)
      } catch (error) {
        recorder.fault('before', error)
      }
    }
  }

  /** As `init`, for what was announced to the hook `below` before this recorder was made. */
  replay(below: object, ...[asyncId, type, triggerAsyncId, resource]: Parameters<HookEvents['init']>): void {
    this.#below = below
    this.init(asyncId, type, triggerAsyncId, resource)
    this.#below = this.init
  }

  /**
   * Looks at what lives, without the resource whose `init` is still running where the call comes from a hook of the
   * program: a native getter of a resource under construction ends the process.
   */
  look<T>(at: () => T): T {
    const unborn = this.#newest
    if (unborn === null || unborn.state !== 'open' || !isInsideInit()) {
      this.streamRequests.settle()
      return at()
    }
    this.#recorder.table.hide(unborn)
    try {
      return at()
    } finally {
      this.#recorder.table.add(unborn)
    }
  }

  // What an announced resource is; null for what is not recorded. No closures, spreads or string building: it runs for every resource of the program.
  #hear(asyncId: number, type: string, triggerAsyncId: number, resource: object): TypeFacts | null {
    this.#newest = null
    this.streamRequests.settle()
    if (this.#recorder.origins.isFollowing) this.#recorder.origins.follow(asyncId)
    const { causes, pending } = this.#recorder
    if (causes !== null && pending !== null) causes.note(asyncId, type, triggerAsyncId, resource, pending, this.init)
    if (type === 'PROMISE') return null
    if (type === 'STREAMPIPE') this.#recorder.fileStreams.pipeId = asyncId
    if (this.#recorder.scopes !== null) this.#recorder.scopes.noteBegun()
    this.#heard.listeners.tell(type, resource)
    const facts = this.#heard.tracked.get(type)
    if (facts === undefined) {
      this.#heed(asyncId, type, resource)
      if (this.#heard.tracked.leavesOut(type)) return null
    }
    // The program's own: a context that its callbacks run in, whatever its name.
    if (resource instanceof AsyncResource) return null
    if (facts !== undefined) return facts
    // Announced with neither name nor object, by code that calls Node's inside.
    return typeof type !== 'string' || typeof resource !== 'object' || resource === null ? null : this.#heard.tracked.addUnmet(type)
  }

  // What is not recorded itself, but tells something of what is.
  #heed(asyncId: number, type: string, resource: object): void {
    const { fileStreams, lifecycle, pending } = this.#recorder
    // Calls that Node puts off: a request that waits in the queue of an agent, or for its HTTP/2 session to connect.
    if (type === 'QueuedRequest' || type === 'PendingRequest') return this.#carryTo(asyncId, null)
    if (resource instanceof AsyncResource) return
    const stream = type === 'TickObject' ? fileStreams.constructedIn(resource) : null
    if (stream !== null) this.#carryTo(asyncId, stream)
    else if (type === 'MESSAGEPORT') lifecycle.transfers.seePort(resource)
    else if (pending !== null && fileStreams.isPutOffInline(type, resource)) pending.capturePutOff(asyncId, this.#below, resource)
    else if (type === 'TickObject' && refusesChild(resource)) nextTurn(() => this.#recorder.failed({ code: 'EMFILE' }))
  }

  #onRequest(asyncId: number, facts: TypeFacts, triggerAsyncId: number, resource: object): void {
    if (facts.type === 'FSREQCALLBACK' && this.#recorder.fileStreams.isPiece(asyncId, resource)) return
    if (facts.type === 'WRITEWRAP' && isPassedOver(resource)) return
    const entry = this.#entry(asyncId, facts, triggerAsyncId, null)
    const { pending } = this.#recorder
    if (this.requestOf !== null) entry.parent = this.requestOf
    else if (pending !== null) {
      const raw = pending.prepare(entry)
      if (raw !== null) {
        pending.stacks.captureStackTrace(raw, this.#below)
        pending.placeTaken(entry, raw)
      }
    }
    this.closingRequests.note(asyncId)
    this.streamRequests.note(entry, resource)
    this.#add(entry)
  }

  #onOpen(asyncId: number, facts: TypeFacts, triggerAsyncId: number, resource: object): void {
    if (facts.nature === 'exchange' && isBareParser(resource)) return
    const entry = this.#entry(asyncId, facts, triggerAsyncId, facts.nature === 'handle' ? resource : new WeakRef(resource))
    const server = executionAsyncId() === 0 ? this.#recorder.table.get(triggerAsyncId) : undefined
    if (server !== undefined && isServerType(typeOf(server))) {
      entry.parent = server
      this.#recorder.scopes?.inherit(entry, server)
    } else {
      if (facts.group === 'net' || facts.group === 'http') entry.parent = this.#recorder.origins.current()
      // A timer's too: until a stack is read it holds what its frames were called on, and a timer outlasts its turn.
      if (facts.nature === 'file' || facts.nature === 'timer') this.#recorder.pending?.captureOpen(entry, this.#below)
      else this.#recorder.pending?.captureBrief(entry, this.#below, facts.group === 'net' && entry.parent === null ? clientFrames : openFrames)
      // Born in the native completion of its request, whose `before` comes next, unless a call has made it at once.
      if (facts.nature === 'file' && triggerAsyncId === 0 && this.#recorder.pending?.isMadeByCall(entry, this.#below) !== true) this.#yielded = entry
      // Made by structuredClone or received: another one, whose number it has, may have been given away in this thread.
      else if (facts.type === 'FILEHANDLE') this.#recorder.lifecycle.transfers.end()
      else if (facts.nature === 'timer') originOfFired(entry, this.#recorder)
    }
    this.#recorder.lifecycle.follow(entry, resource)
    this.#add(entry)
    this.#newest = entry
  }

  #onReuse(asyncId: number, facts: TypeFacts, triggerAsyncId: number, resource: object): void {
    const handle = reusedHandle(resource)
    if (handle === null) return
    const entry = this.#recorder.lifecycle.entryOf(handle)
    if (entry === undefined || entry.state !== 'open') return this.#onOpen(asyncId, facts, triggerAsyncId, handle)
    this.#recorder.table.rename(entry, asyncId)
    entry.triggerAsyncId = triggerAsyncId
    entry.openedAfterMs = this.#recorder.afterMs()
    entry.parent = this.#recorder.origins.takeExpected()
    entry.stack = -1
    this.#recorder.scopes?.reattach(entry)
    if (entry.parent === null) this.#recorder.pending?.captureBrief(entry, this.#below, openFrames)
  }

  #onBefore(asyncId: number): void {
    this.#newest = null
    this.streamRequests.settle()
    this.#recorder.causes?.enter(asyncId)
    this.#recorder.origins.enter(asyncId)
    if (this.#recorder.pending !== null && this.#recorder.pending.hasTurn) this.#recorder.pending.internTurn()
    if (this.#isSweepDue || this.#isCrowded) this.#lookAround()
    const entry = this.#recorder.table.get(asyncId)
    const isRequest = entry !== undefined && entry.facts.endsAtBefore
    this.#recorder.pending?.enter(asyncId, isRequest || entry?.facts.type === 'Immediate' ? entry : null)
    const yielded = this.#yielded
    this.#yielded = null
    if (!isRequest) return
    if (yielded !== null) this.#pair(yielded, entry)
    this.closingRequests.end(asyncId)
    this.#recorder.table.end(entry)
  }

  // It takes the origin of the request that yielded it. Its path is read now: once the collector has closed it, nothing else tells it.
  // Where promises are left out, the FileHandle that Node opens inside a call, to read a Blob, looks like the yield of whatever request is over next.
  #pair(yielded: Entry, request: Entry): void {
    if (yielded.facts.type === 'FILEHANDLE' && request.facts.type !== 'FSREQPROMISE') return
    if (!this.#hasUser(yielded)) {
      this.#recorder.pending?.inherit(yielded, request)
      yielded.parent = request.parent
    }
    this.#recorder.causes?.inherit(yielded, request)
    this.#recorder.scopes?.inherit(yielded, request)
    const fd = fdOf(yielded)
    if (fd !== null) yielded.details = { target: linkOf(fd), fd, collectedAfterMs: -1 }
  }

  // In a native completion there is no frame to read; where promises are left out, an execution may have no asyncId either.
  #hasUser(entry: Entry): boolean {
    return this.#recorder.pending !== null && this.#recorder.sites.hasUser(this.#recorder.pending.intern(entry))
  }

  #carryTo(asyncId: number, stream: object | null): void {
    const carried = carrier('single', stream === null ? 'TCPWRAP' : 'fd')
    if (stream !== null) this.#recorder.fileStreams.attach(carried, stream)
    this.#recorder.pending?.captureBrief(carried, this.#below, openFrames)
    this.#recorder.causes?.attach(carried, null)
    this.#recorder.scopes?.attach(carried)
    this.#recorder.origins.expectIn(asyncId, carried)
  }

  // Never swept here, inside init: a native getter of a resource that is still being constructed ends the process.
  #add(entry: Entry): void {
    this.#recorder.causes?.attach(entry, entry.asyncId)
    this.#recorder.scopes?.attach(entry)
    if (this.#recorder.table.add(entry)) this.#isSweepDue = true
    if (this.#recorder.held >= this.#recorder.crowdedAt) this.#isCrowded = true
  }

  #lookAround(): void {
    if (this.#isSweepDue) this.#recorder.sweep()
    this.#isSweepDue = false
    if (this.#isCrowded) this.#isCrowded = !this.#recorder.crowded()
  }

  #entry(asyncId: number, facts: TypeFacts, triggerAsyncId: number, resource: object | null): Entry {
    return { stack: -1, facts, asyncId, triggerAsyncId, openedAfterMs: this.#recorder.afterMs(), resource, parent: null, state: 'open', details: null }
  }
}
