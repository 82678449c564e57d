import { Children, type PipesToChildren } from './ends/children.ts'
import { Collections } from './ends/collections.ts'
import { isClosedFile } from './ends/filehandles.ts'
import { Ports } from './ends/ports.ts'
import { Transfers } from './ends/transfers.ts'
import { deref, Reflect, textOfBuffer, WeakRef } from './intrinsics.ts'
import { Set, WeakMap, WeakSet } from './own-collections.ts'
import {
  activeRequestIds, isBinding, isConnecting, isJobOfCallback, isNativeHandle, isOver, isTimerOver, type NativeHandle, ownerOf, prototypeWith, read,
} from './node-internals.ts'
import type { Origins } from './origin.ts'
import { tap, type Undo } from './taps/tap.ts'
import { type Entry, resourceOf, type Table } from './table.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Method = (this: NativeHandle, ...args: never[]) => unknown
type OnCall = (handle: NativeHandle, name: string, below: object, args: ArrayLike<unknown>) => void
type OnResult = (result: unknown) => void

interface Recorded {
  readonly table: Table
  readonly origins: Origins
  readonly afterMs: () => number
  readonly isRecording: () => boolean
  readonly fault: (where: string, error: unknown) => void
  readonly siteOf: (entry: Entry) => number
  /** Whether a job was started by a call that gave a promise for it. */
  readonly isPromised: (entry: Entry) => boolean
  /** Notes that a resource ends by the caller of `below`. */
  readonly noteEnd: (entry: Entry, below: object) => void
  readonly onHandleClose: (fd: number) => void
  /** A shutdown is asked for; and once more with what the call returned, which is not 0 where nobody will be called back. */
  readonly onShutdown: (returned: unknown) => void
}

/**
 * Ends of life as the resources themselves tell them, exact and synchronous, since `destroy` comes late, not at all at
 * exit, and for a FileHandle only when it is collected. Each family of resources shares one prototype, found by walking
 * up from the first that `init` hands over; its closers are tapped there, which no program holds a copy of.
 */
export class Lifecycle {
  readonly #recorded: Recorded
  readonly #undos: Undo[] = []
  readonly #tapped = new WeakSet()
  readonly #byHandle = new WeakMap<object, Entry>()
  readonly children = new Children()
  readonly collections: Collections<Entry>
  readonly ports = new Ports()
  readonly transfers: Transfers
  readonly #unstarted = new WeakSet()
  readonly #reads = new WeakMap<object, WeakRef<object>>()
  readonly #listed = new WeakSet<Entry>()

  constructor(recorded: Recorded) {
    this.#recorded = recorded
    this.transfers = new Transfers(recorded)
    this.collections = new Collections(entry => this.#collected(entry), error => recorded.fault('collection', error))
  }

  /** Learns the ends of a resource that is open until it is closed. */
  follow(entry: Entry, resource: object): void {
    const { nature } = entry.facts
    if (nature === 'file') {
      this.#byHandle.set(resource, entry)
      this.collections.add(resource, entry)
      this.#tapFileClosers(resource)
    } else if (nature === 'handle' || nature === 'session') {
      this.#byHandle.set(resource, entry)
      this.#tapHandleClosers(resource)
      if (entry.facts.group === 'watch') this.#tapWatcher(resource)
    } else if (nature === 'port') {
      this.#byHandle.set(resource, entry)
      this.#tapOnce(prototypeWith(resource, 'close', 'postMessage'), ['close'], (port, _name, below) => this.#stops(port, below))
      this.ports.see(entry)
      this.transfers.seePort(resource)
    } else if (nature === 'thread') {
      this.#byHandle.set(resource, entry)
      this.ports.seeWorker(entry)
      this.#tapThread(resource)
    }
  }

  entryOf(handle: object): Entry | undefined {
    return this.#byHandle.get(handle)
  }

  pipesToChildren(): PipesToChildren {
    return this.children.pipes(this.#recorded.table, handle => this.entryOf(handle), this.#recorded.afterMs())
  }

  /** False for a thread whose Worker was refused what it was to be started with. */
  hasStarted(thread: object): boolean {
    return !this.#unstarted.has(thread)
  }

  /** Whether a directory is being read at this instant. */
  isRead(handle: object): boolean {
    const reference = this.#reads.get(handle)
    const request = reference === undefined ? undefined : deref(reference) as NativeHandle | undefined
    return request !== undefined && isNativeHandle(request) && this.#recorded.table.get(request.getAsyncId()) !== undefined
  }

  /** Whether a resource ended in a way that no tap saw, by asking it. A collected FileHandle is not dead, it is a leak. */
  isDead(entry: Entry): boolean {
    if (entry.facts.nature === 'request') return false
    const resource = resourceOf(entry) as NativeHandle | undefined
    if (entry.facts.nature === 'file') return isClosedFile(entry, resource)
    if (resource === undefined) return true
    if (entry.facts.nature === 'timer') return isTimerOver(resource)
    if (entry.facts.nature === 'thread' || entry.facts.nature === 'port') return false
    // What native code closed has lost its asyncId.
    if (isNativeHandle(resource) && resource.getAsyncId() === -1) return true
    if (entry.facts.nature === 'session') return this.#hasLostSocket(resource)
    if (entry.facts.nature === 'job') return !isJobOfCallback(resource) && !this.#recorded.isPromised(entry)
    return entry.facts.nature !== 'handle' && isOver(resource)
  }

  /** Ends requests that libuv has not in hand: they never started. */
  sweepRequests(): void {
    let active: ReadonlySet<number> | null = null
    for (const entry of this.#recorded.table.values()) {
      const { type } = entry.facts
      if (!libuvRequests.has(type) && type !== 'FSREQCALLBACK') continue
      active ??= activeRequestIds()
      if (active === null) return
      if (active.has(entry.asyncId)) this.#listed.add(entry)
      // Node 26 does not list all requests of fs that are in flight. One that it refused is listed until it is collected.
      else if (type !== 'FSREQCALLBACK' || this.#listed.has(entry)) this.#recorded.table.end(entry)
    }
  }

  stop(): void {
    this.transfers.stop()
    for (const undo of this.#undos.splice(0)) undo()
  }

  #hasLostSocket({ _parent: socket }: NativeHandle): boolean {
    return socket !== null && socket !== undefined && this.#byHandle.get(socket)?.state === 'ended'
  }

  #collected(entry: Entry): void {
    if (!this.#recorded.isRecording()) return
    if (entry.state === 'open') this.#recorded.table.collect(entry, this.#recorded.afterMs())
    else if (entry.state === 'closing') this.#recorded.table.end(entry)
  }

  #tapHandleClosers(resource: object): void {
    const closable = prototypeWith(resource, 'close', 'hasRef', 'unref') ?? prototypeWith(resource, 'close')
    this.#tapOnce(closable, ['close'], (handle, _name, below) => this.#handleCloses(handle, below))
    this.#tapOnce(prototypeWith(resource, 'reset', 'open'), ['reset'], (handle, _name, below) => this.#handleCloses(handle, below))
    this.#tapOnce(prototypeWith(resource, 'kill', 'spawn'), ['kill'], (handle, _name, _below, { 0: signal }) => {
      const child = ownerOf(handle)
      if (child !== null) this.children.isSent(child, signal, this.#recorded.afterMs())
    })
    this.#tapOnce(prototypeWith(resource, 'shutdown'), ['shutdown'], () => this.#recorded.onShutdown(0), returned => this.#recorded.onShutdown(returned))
  }

  // Nothing else tells what a watcher watches.
  #tapWatcher(watcher: object): void {
    this.#tapOnce(prototypeWith(watcher, 'start'), ['start'], (handle, _name, _below, { 0: path }) => {
      const entry = this.#byHandle.get(handle)
      const target = typeof path === 'string' ? path : textOfBuffer(path)
      if (entry !== undefined && target !== null) entry.details = { target, fd: null, collectedAfterMs: -1 }
    })
  }

  #tapThread(thread: object): void {
    const prototype = prototypeWith(thread, 'startThread', 'stopThread')
    if (prototype !== null) this.#unstarted.add(thread)
    this.#tapOnce(prototype, ['startThread', 'stopThread'], (handle, name, below) => {
      if (name === 'stopThread') this.#stops(handle, below)
      this.#unstarted.delete(handle)
    })
  }

  #stops(opened: object, below: object): void {
    const entry = this.#byHandle.get(opened)
    if (entry?.state !== 'open') return
    this.#recorded.noteEnd(entry, below)
    entry.state = 'closing'
  }

  #tapFileClosers(resource: object): void {
    const prototype = prototypeWith(resource, 'close')
    this.#tapOnce(prototype, ['close', 'closeSync', 'releaseFD', 'read'], (handle, name, below, { 2: request }) => {
      const entry = this.#byHandle.get(handle)
      if (entry === undefined || entry.state !== 'open') return
      if (name === 'read') {
        if (typeof request === 'object' && request !== null) this.#reads.set(handle, new WeakRef(request))
        return
      }
      this.#recorded.noteEnd(entry, below)
      if (entry.facts.type === 'FILEHANDLE' && name === 'close') entry.state = 'closing'
      else this.#recorded.table.end(entry)
    })
    this.transfers.seeFile()
  }

  #handleCloses(handle: NativeHandle, below: object): void {
    const fd = handle.fd
    if (fd !== undefined && fd >= 0) this.#recorded.onHandleClose(fd)
    const entry = this.#byHandle.get(handle)
    if (entry === undefined || entry.state === 'ended') return
    // A port's own close calls the one that all handles have.
    if (entry.facts.nature === 'port') return this.#stops(handle, below)
    const owner = ownerOf(handle)
    // A socket that tries its next address closes this handle and goes on with another one, born in a timer, and so does one that binds in a cluster: nobody
    // has closed the socket.
    if (owner !== null && ((isConnecting(owner) && read(owner, 'destroyed') === false) || isBinding(owner))) this.#recorded.origins.setOwner(owner, this.#recorded.siteOf(entry))
    else this.#recorded.noteEnd(entry, below)
    if (owner !== null && entry.facts.type === 'PROCESSWRAP') this.children.exits(owner, each => this.entryOf(each), this.#recorded.afterMs())
    this.#recorded.table.end(entry)
  }

  #tapOnce(prototype: object | null, names: readonly string[], onCall: OnCall, onResult: OnResult | null = null): void {
    if (prototype === null || this.#tapped.has(prototype)) return
    this.#tapped.add(prototype)
    const { isRecording, fault } = this.#recorded
    const attempt = (name: string, run: () => void): void => {
      if (!isRecording()) return
      try {
        run()
      } catch (error) {
        fault(`tap on ${name}`, error)
      }
    }
    for (const name of names) {
      const undo = tap<Method>(prototype, name, original => {
        // A method: like the native one it is no constructor and has no `prototype`.
        const { tapped } = {
          tapped(this: NativeHandle) {
            const args = arguments
            attempt(name, () => onCall(this, name, tapped, args))
            const result = apply(original, this, arguments)
            if (onResult !== null) attempt(name, () => onResult(result))
            return result
          },
        }
        return tapped
      })
      if (undo !== null) this.#undos[this.#undos.length] = undo
    }
  }
}

const libuvRequests = new Set([
  'TCPCONNECTWRAP', 'PIPECONNECTWRAP', 'GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'UDPSENDWRAP',
])
