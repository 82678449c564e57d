// What sockets of Node and undici tell of themselves, undocumented as all of node-internals.ts.
import type { Pool, Wait } from '../../model/resource.ts'
import { Array, Object, ownValue, Reflect } from '../intrinsics.ts'
import { asObject, isExiting, type NativeHandle, read, valueOfSymbol } from '../node-internals.ts'
import { Set } from '../own-collections.ts'
import { hasWrittenAll } from '../ends/stream-internals.ts'
import { getBuiltinModule } from '../taps/untapped.ts'
import { peerOf } from './peers.ts'

/**
 * The pool in which a socket lies idle, or to which it is on its way: whoever reads an answer to its end is told so one turn
 * of the loop before the pool takes the socket. If what is read here vanishes: idle sockets of that pool are judged `active`.
 */
export function poolOf(owner: object, globalAgents: GlobalAgents): Pool | null {
  if (isFreeForAgent(owner)) {
    const protocol = ownValue(owner, 'encrypted') === true ? 'https' : 'http'
    return globalAgents.has(owner, protocol) ? `${protocol}.globalAgent` : `${protocol}.Agent`
  }
  return isFreeForClient(owner) ? 'fetch' : null
}

// http.Agent keeps its `agentRemove` listener on the socket. A request lets go of its socket when it is answered, and is then
// destroyed without it; one that was given up is destroyed too, and its answer is not complete.
function isFreeForAgent(owner: object): boolean {
  if (!isHeardFor(owner, 'agentRemove')) return false
  if (ownValue(owner, '_httpMessage') === null) return true
  const message = asObject(ownValue(owner, '_httpMessage')) ?? {}
  return ownValue(message, 'destroyed') === true && ownValue(asObject(ownValue(message, 'res')) ?? {}, 'complete') === true
}

type Protocol = 'http' | 'https'

/** The sockets of Node's global agents, listed once for all that one look asks of: a crawler has as many hosts as sockets. */
export class GlobalAgents {
  readonly #sockets: { [protocol in Protocol]: ReadonlySet<unknown> | null } = { http: null, https: null }

  has(socket: object, protocol: Protocol): boolean {
    return (this.#sockets[protocol] ??= socketsOfGlobalAgent(protocol)).has(socket)
  }
}

// An Agent lists its sockets by the name of their host; where it does not, every Agent is taken for one of the program's.
function socketsOfGlobalAgent(protocol: Protocol): ReadonlySet<unknown> {
  const { globalAgent } = getBuiltinModule(`node:${protocol}`)
  const found = new Set<unknown>()
  for (const name of ['freeSockets', 'sockets']) {
    for (const [, sockets] of Object.entries(asObject(ownValue(globalAgent, name)) ?? {})) {
      if (Array.isArray(sockets)) for (const socket of sockets as readonly unknown[]) found.add(socket)
    }
  }
  return found
}

// undici, in Node and from npm, leads from a socket to its client, whose queue is through when its running index has come to the end.
function isFreeForClient(owner: object): boolean {
  const client = valueOfSymbol(owner, 'client')
  const queue = client === null ? null : valueOfSymbol(client, 'queue')
  return queue !== null && Array.isArray(queue) && numberOfSymbol(client!, 'running index') === queue.length
}

/**
 * Whether a socket was ended, has nothing left to write and is about to tell the other side, or belongs to a session of HTTP/2 that was destroyed, which
 * ends it a turn later. If its states vanish: it is a leak until it is closed.
 */
export function isEnding(owner: object): boolean {
  if (read(sessionOf(owner), 'destroyed') === true) return true
  const state = writingOf(owner)
  return hasWrittenAll(state) && read(state, 'finished') === false
}

/**
 * What a socket or session waits for. If what is read here vanishes: for nothing, and it is a leak as long as it waits.
 * @param fd Its descriptor; null where none is known
 */
export function waitOf(owner: object, fd: number | null): Wait | null {
  if (ownValue(owner, 'connecting') === true || (ownValue(owner, 'secureConnecting') === true && ownValue(owner, '_secureEstablished') !== true)) return 'connection'
  const state = writingOf(owner)
  if (read(state, 'ending') === true || (read(sessionOf(owner), 'closed') === true && hasEndedStreams(sessionOf(owner)))) return 'end'
  if (Number(read(state, 'pendingcb')) > 0 && read(state, 'length') === 0) return 'write'
  if (fd === null || !isExiting()) return null
  return isReset(owner) || (peerOf(fd)?.hasEnded === true && closesAtEnd(owner, fd, true)) ? 'eof' : null
}

// The other side has broken the connection off: whoever reads is told of an error.
function isReset(owner: object): boolean {
  const handle = valueOfSymbol(owner, 'kHandle') as NativeHandle | null
  return isReading(handle) && (handle?.getpeername?.({}) ?? 0) < 0
}

function isReading(handle: object | null): boolean {
  return ownValue(handle ?? {}, 'reading') === true
}

/**
 * Whether Node destroys a socket when it reads that the other side has ended it. A session of HTTP/2 does where the other side is gone, or no stream is
 * left; a server of HTTP, and whoever has not asked for a socket that may stay half open, where nothing lies before the end that nobody reads. If what
 * is read here vanishes: it is a leak until it is closed.
 * @param fd Its descriptor; null where none is known
 * @param isGone Whether the other side is closed, and not just ended
 */
export function closesAtEnd(owner: object, fd: number | null, isGone: boolean): boolean {
  const session = sessionOn(owner)
  if (session !== null) return isGone || read(streamsOf(session), 'size') === 0
  const isHalfOpen = ownValue(owner, 'allowHalfOpen') !== false && !(isHeardFor(owner, 'end') && ownValue(serverOf(owner) ?? {}, 'httpAllowHalfOpen') === false)
  return !isHalfOpen && isReadToEnd(owner, fd)
}

// Node reads what nobody listens for too, up to where its buffer is full, and the end if nothing lies before it. What lies there of TLS may be its own
// goodbye, or tickets, as well as data: nobody is blamed for it.
function isReadToEnd(owner: object, fd: number | null): boolean {
  const state = asObject(ownValue(owner, '_readableState')) ?? {}
  if (read(state, 'flowing') === true) return true
  if (!isReading(valueOfSymbol(owner, 'kHandle')) || read(state, 'length') !== 0) return false
  return ownValue(owner, 'encrypted') === true || (fd !== null && peerOf(fd)?.unread === 0)
}

function writingOf(owner: object): object {
  return asObject(ownValue(owner, '_writableState')) ?? {}
}

// A session that was closed goes on until its streams are over, and one that this side has not ended waits for nobody else. Those of even numbers were pushed.
function hasEndedStreams(session: object): boolean {
  const streams = streamsOf(session)
  const forEach = read(streams, 'forEach')
  let hasEnded = true
  const look = (stream: object, id: number): void => { if (id % 2 === 1 && read(writingOf(stream), 'ending') !== true) hasEnded = false }
  if (typeof forEach === 'function') Reflect.apply(forEach, streams, [look])
  return hasEnded
}

// The streams of a session of HTTP/2 by their numbers, in a Map of Node's own that no program can change. If `state` or `streams` vanishes: it has none.
function streamsOf(session: object): object {
  return asObject(ownValue(valueOfSymbol(session, 'state') ?? {}, 'streams')) ?? {}
}

// What is no stream is a session itself.
function sessionOf(owner: object): object {
  return Object.hasOwn(owner, '_writableState') ? sessionOn(owner) ?? {} : owner
}

// The symbol under which Node keeps a session of HTTP/2 on its socket is undefined, and so is the property (20 to 26).
function sessionOn(socket: object): object | null {
  return asObject(ownValue(socket, 'undefined'))
}

/** The server that accepted a socket, also in another process of a cluster. If `server` vanishes: such a socket has no origin there. */
export function serverOf(socket: object): object | null {
  return asObject(ownValue(socket, 'server'))
}

/** Whether a handle is a server's, whatever it was announced as: another process hands them over as sockets. If `_connections` vanishes: it is a socket. */
export function isServer(owner: object): boolean {
  return ownValue(owner, '_connections') !== undefined
}

/** The path of a server on a Unix socket. If `_pipeName` vanishes: such a server has no target. */
export function pipeNameOf(owner: object): string | null {
  const name = ownValue(owner, '_pipeName')
  return typeof name === 'string' ? name : null
}

function isHeardFor(emitter: object, event: string): boolean {
  return ownValue(asObject(ownValue(emitter, '_events')) ?? {}, event) !== undefined
}

function numberOfSymbol(owner: object, description: string): number {
  const symbol = Object.getOwnPropertySymbols(owner).find(each => each.description === description)
  return symbol === undefined ? NaN : Number(Reflect.get(owner, symbol))
}
