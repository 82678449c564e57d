// What is read of Node's undocumented inside; what sockets tell lies in snapshot/sockets.ts. Each reader says what is lost when its inside vanishes;
// none throws, none is called before something asks about a resource that exists.
import { Array, Object, ownValue, Reflect } from './intrinsics.ts'
import { Map, Set } from './own-collections.ts'
import { getActiveHandles, getActiveRequests } from './taps/untapped.ts'

/** A libuv handle as `init` hands it over. */
export interface NativeHandle {
  readonly fd?: number
  getAsyncId(): number
  hasRef?(): boolean
  loopIdleTime?(): number
  getsockname?(out: Address): number
  getpeername?(out: Address): number
  readonly _parent?: NativeHandle | null
}

/**
 * How long the event loop of a thread has rested, in milliseconds; -1 where it has none, not yet or not any more. Not `loopStartTime`: it ends the process
 * where the thread has not come to its loop (20 to 26). If `loopIdleTime` vanishes: every thread is told to have rested for ever.
 */
export function restOf(thread: NativeHandle): number {
  return thread.loopIdleTime?.() ?? Infinity
}

export interface Address {
  address?: string
  port?: number
}

let ownerSymbol: symbol | undefined

/**
 * The net.Socket, net.Server or dgram.Socket of a handle. If `owner_symbol` vanishes: pooled sockets are judged
 * `active`, late `listen` has no origin.
 */
export function ownerOf(handle: object): object | null {
  ownerSymbol ??= symbolOf(handle, 'owner_symbol')
  return ownerSymbol === undefined ? null : asObject(Reflect.get(handle, ownerSymbol))
}

/**
 * The handle inside a `ReusedHandle`, which `init` announces when an http.Agent takes a socket from its pool. If the
 * shape vanishes: the socket is recorded a second time, until its older asyncId is found superseded.
 */
export function reusedHandle(resource: object): NativeHandle | null {
  const handle = (resource as { handle?: unknown }).handle
  const isReused = typeof handle === 'object' && handle !== null && 'type' in resource
  return isReused && isNativeHandle(handle) ? handle : null
}

/**
 * Who writes: the program, or TLS below it, whose writes nobody calls back; before 24.14 nothing tells that they are over. Unknown as the
 * `init` of a write runs on 26, where each has a place for who is to be called, which is filled after that. If `oncomplete` vanishes: no write is recorded.
 */
export function writerOf(resource: object): 'program' | 'tls' | 'unknown' {
  const called = ownValue(resource, 'oncomplete')
  if (typeof called === 'function') return 'program'
  return called === null ? 'unknown' : 'tls'
}

/** False for a `ReusedHandle`, and for whatever else has no asyncId of its own. */
export function isNativeHandle(resource: object): resource is NativeHandle {
  return typeof (resource as NativeHandle).getAsyncId === 'function'
}

/** Whether a socket tries addresses. If `connecting` vanishes: a socket whose first address fails loses its origin. */
export function isConnecting(owner: object): boolean {
  return ownValue(owner, 'connecting') === true
}

/** Whether a UDP socket is binding. If its state vanishes: one of a cluster stands at the line that uses the channel to the primary. */
export function isBinding(owner: object): boolean {
  return read(valueOfSymbol(owner, 'state symbol') ?? {}, 'bindState') === 1
}

/** Whether a timer was cleared or has fired for the last time. If `_destroyed` vanishes: collection alone tells. */
export function isTimerOver(timer: object): boolean {
  return ownValue(timer, '_destroyed') === true
}

/** Whether a timer fires again and again. If `_repeat` vanishes: every timer is taken for one that fires once. */
export function isRecurring(timer: object): boolean {
  return typeof ownValue(timer, '_repeat') === 'number'
}

/** The delay of a timer in milliseconds. If `_idleTimeout` vanishes: a timer has no target. */
export function delayOf(timer: object): string | null {
  const delayMs = ownValue(timer, '_idleTimeout')
  if (typeof delayMs !== 'number') return null
  return isRecurring(timer) ? `every ${delayMs} ms` : `after ${delayMs} ms`
}

/** Pid and command of a child process. If its properties vanish: it has no target. */
export function commandOf(child: object): string | null {
  const args = ownValue(child, 'spawnargs')
  return Array.isArray(args) ? `pid ${String(ownValue(child, 'pid'))}: ${args.join(' ')}` : null
}

/** Whether the handle of a child process has one. If `pid` vanishes: child processes are never reported. */
export function hasPid(handle: object): boolean {
  return ownValue(handle, 'pid') !== undefined
}

/** Whether a watcher of the file system watches nothing. If `initialized` vanishes: one that `fs.watch` refused to start is a leak. */
export function isIdleWatcher(handle: object): boolean {
  return (handle as { initialized?: unknown }).initialized === false
}

/**
 * Whether an HTTP exchange, a session or a codec is over: `resource` is what `init` handed over. The message or stream that
 * it stands for says that it is destroyed; a server's parser lives as long as its socket, and only while `_httpMessage`
 * is set does somebody wait for an answer. If these vanish: it is over when it is collected.
 */
export function isOver(resource: object): boolean {
  const holder = holderOf(resource)
  // The stream of a heap snapshot lets go of its handle when it is destroyed, a pipe of both its streams.
  if (holder === null) return hasLetGo(resource, ownerSymbol) || hasLetGo(resource, 'sink')
  // A codec that worked synchronously has let go of its handle, and is not destroyed.
  if (read(holder, 'destroyed') === true || (Object.hasOwn(holder, '_handle') && isNativeHandle(resource) && ownValue(holder, '_handle') !== resource)) return true
  return Object.hasOwn(resource, 'socket') && asObject(ownValue(holder, '_httpMessage')) === null
}

/**
 * Whether what an HTTP parser is announced with stands for no request and no socket: it is not node:http's, but that of a library
 * which parses by itself (one that mocks HTTP), and holds memory alone. If these vanish: no exchange of HTTP/1 is recorded.
 */
export function isBareParser(resource: object): boolean {
  return !isNativeHandle(resource) && holderOf(resource) === null
}

/** The handle of the socket that an HTTP exchange or session runs over. If it can't be reached: it has no origin of its socket's. */
export function carrierHandleOf(resource: object): object | null {
  const holder = holderOf(resource)
  if (holder === null) return null
  const session = valueOfSymbol(holder, 'kSession') ?? holder
  const socket = valueOfSymbol(session, 'socket') ?? asObject(read(holder, 'socket')) ?? holder
  return valueOfSymbol(socket, 'kHandle')
}

/**
 * Method and address of an HTTP exchange, without the query, which may hold secrets: as they were put there, since frameworks have getters and
 * methods of the same names. If these vanish: it has no target.
 */
export function exchangeOf(resource: object): string | null {
  const answer = asObject(ownValue(holderOf(resource) ?? {}, '_httpMessage'))
  const message = asObject(ownValue(resource, 'req')) ?? asObject(ownValue(answer ?? {}, 'req'))
  if (message === null) return null
  // Of a request that goes out Node 24 keeps its path under a symbol.
  const path = ownText(message, symbolOf(message, 'kPath') ?? 'path') ?? ownText(message, 'originalUrl') ?? ownText(message, 'url')
  return path === null ? null : `${ownText(message, 'method')} ${ownText(message, 'host') ?? ''}${path.replace(/\?.*/s, '')}`
}

function ownText(owner: object, name: PropertyKey): string | null {
  const value = ownValue(owner, name)
  return typeof value === 'string' ? value : null
}

/** Whether a crypto job runs on its own time. One that was called to be done at once has no `ondone`. */
export function isJobOfCallback(job: object): boolean {
  return typeof ownValue(job, 'ondone') === 'function'
}

// The request of an HTTPCLIENTREQUEST, the socket of an HTTPINCOMINGMESSAGE, the owner of whatever is native.
function holderOf(resource: object): object | null {
  return asObject(ownValue(resource, 'req')) ?? asObject(ownValue(resource, 'socket')) ?? ownerOf(resource)
}

// Through accessors of Node's prototypes, which a subclass of the program may have overridden.
export function read(owner: object, name: string): unknown {
  try {
    return Reflect.get(owner, name)
  } catch {
    return undefined
  }
}

export function valueOfSymbol(owner: object, description: string): object | null {
  const symbol = symbolOf(owner, description)
  return symbol === undefined ? null : asObject(ownValue(owner, symbol))
}

export function asObject(value: unknown): object | null {
  return typeof value === 'object' && value !== null ? value : null
}

/** Whether the thread is ending: no callback of the event loop is to come. If `_exiting` vanishes: it is not. */
export function isExiting(): boolean {
  return read(process, '_exiting') === true
}

/**
 * The asyncIds of the requests that libuv has in hand, null where Node does not tell. If it vanishes: a request that
 * failed before it was started is listed as pending.
 */
export function activeRequestIds(): ReadonlySet<number> | null {
  const list = getActiveRequests?.()
  return list === undefined ? null : new Set(list.filter(isNativeHandle).map(request => request.getAsyncId()))
}

/**
 * The descriptors that calls of `fs.readFile` hold, by the asyncId of the request that each has in hand. If the context of such a request vanishes: the
 * kernel check lists them.
 */
export function descriptorsOfRequests(): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  for (const request of (getActiveRequests?.() ?? []).filter(isNativeHandle)) {
    const context = asObject(ownValue(request, 'context')) ?? {}
    const fd = ownValue(context, 'fd')
    if (typeof fd === 'number' && ownValue(context, 'isUserFd') === false) found.set(request.getAsyncId(), fd)
  }
  return found
}

/**
 * The handles of standard streams that Node counts as active: the descriptor of each, and whether it is being read, without which
 * it keeps no loop alive. If it vanishes: they are counted among what is not recorded.
 */
export function standardHandles(): readonly { readonly fd: number, readonly isReading: boolean }[] {
  // By symbol: to read `_handle` of a dgram socket warns of its deprecation.
  const handles = (getActiveHandles?.() ?? []).flatMap(owner => valueOfSymbol(owner, 'kHandle') ?? [])
  return handles
    .map(handle => ({ fd: Number(read(handle, 'fd')), isReading: ownValue(handle, 'reading') === true }))
    .filter(({ fd }) => fd >= 0 && fd <= 2)
}

/** The nearest object on the prototype chain that owns all of these methods. */
export function prototypeWith(resource: object, ...names: readonly string[]): object | null {
  for (let at: object | null = resource; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (ownsAll(at, names)) return at
  }
  return null
}

function hasLetGo(owner: object, name: PropertyKey | undefined): boolean {
  return name !== undefined && Object.hasOwn(owner, name) && asObject(ownValue(owner, name)) === null
}

function ownsAll(owner: object, names: readonly string[]): boolean {
  for (const name of names) if (!Object.hasOwn(owner, name)) return false
  return true
}

function symbolOf(owner: object, description: string): symbol | undefined {
  for (const symbol of Object.getOwnPropertySymbols(owner)) if (symbol.description === description) return symbol
  return undefined
}
