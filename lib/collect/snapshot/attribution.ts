import { isStandard } from '../../model/resource.ts'
import { isChannel } from '../ends/child-internals.ts'
import type { Lifecycle } from '../lifecycle.ts'
import { carrierHandleOf, type NativeHandle, ownerOf } from '../node-internals.ts'
import { Map } from '../own-collections.ts'
import { isServer, serverOf } from './sockets.ts'
import type { Origins } from '../origin.ts'
import type { Opening } from '../stacks/opening.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import type { Sites } from '../stacks/sites.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'

interface Recorded {
  readonly table: Table
  readonly sites: Sites
  readonly origins: Origins
  readonly lifecycle: Lifecycle
  readonly pending: PendingStacks | null
}

const serverTypes: ReadonlyMap<string, string> = new Map([['TCPWRAP', 'TCPSERVERWRAP'], ['PIPEWRAP', 'PIPESERVERWRAP']])

/**
 * The site that is shown for a resource: its own init stack, when that has a line of the application, else the nearest of
 * what it was born of: the pairing or carrier, and the server or socket that owns its handle. Packages may stand on a stack of their own between the two,
 * as wrappers do: TLS that such a one begins goes on from the socket beneath. Where Node alone does, also the channel that it came over, the socket beneath TLS or HTTP, and for a request the resource that it works on.
 */
export function siteOf(recorded: Recorded, entry: Entry): number {
  const { pending, sites } = recorded
  const own = pending?.intern(entry) ?? -1
  if (sites.isReachedByApp(own)) return own
  const parent = ofParent(recorded, entry)
  if (sites.hasApp(parent)) return entry.stack = parent
  const owner = ofOwner(recorded, entry)
  if (sites.hasApp(owner)) return entry.stack = owner
  if (sites.hasUser(own)) return entry.stack = upgraded(recorded, entry, own)
  if (sites.hasUser(parent)) return entry.stack = parent
  if (sites.hasUser(owner)) return entry.stack = owner
  const channel = siteOfChannel(recorded, entry)
  if (sites.hasUser(channel)) return entry.stack = channel
  const cause = ofCause(recorded, entry)
  return sites.hasUser(cause) ? entry.stack = cause : own
}

// A package that begins TLS in a callback of its socket does so for whoever had it open that.
function upgraded(recorded: Recorded, entry: Entry, own: number): number {
  const socket = entry.facts.type === 'TLSWRAP' && !recorded.sites.hasApp(own) ? carriedBy(recorded, entry) : undefined
  return socket === undefined ? own : recorded.pending!.continued(own, [siteOf(recorded, socket)])
}

/** The type of a resource: a server that another process handed over was announced as a socket. */
export function typeOf(entry: Entry): string {
  const { type } = entry.facts
  const serverType = serverTypes.get(type)
  const resource = serverType === undefined ? undefined : resourceOf(entry)
  const owner = resource === undefined ? null : ownerOf(resource)
  return owner !== null && isServer(owner) ? serverType! : type
}

/** Whether an opening is a recorded resource rather than a mere capture. */
export function isEntry(opening: Opening): opening is Entry {
  return 'triggerAsyncId' in opening
}

/**
 * Whether Node opened a resource for itself: no line of the program has led to it, or it is a standard stream, which a mere touch
 * of process.stdout opens. Such a one is nobody's leak. Where no stacks are captured, how a FileHandle or port was born is all there is to tell by.
 */
export function isOfNode(recorded: Recorded, entry: Entry): boolean {
  if (recorded.pending === null) return isUnyielded(entry) || recorded.lifecycle.ports.isOfWorker(entry)
  return isStandard(fdOf(entry)) || !(isCounted(recorded, entry) || recorded.sites.hasUser(siteOf(recorded, entry)))
}

/** Whether a resource has no line since it was counted, or what it was born of was, and would have told. */
export function isCounted(recorded: Recorded, entry: Entry): boolean {
  const { pending, sites } = recorded
  if (pending === null || isUnyielded(entry) || sites.hasUser(siteOf(recorded, entry))) return false
  if (pending.isCounted(entry)) return true
  const { parent } = entry
  if (parent !== null && (isEntry(parent) ? isCounted(recorded, parent) : pending.isCounted(parent))) return true
  const cause = causeOf(recorded, entry)
  return cause !== undefined && isCounted(recorded, cause)
}

// Made by Node inside a call, to read a Blob or to answer by HTTP/2, or passed on by another thread: what the program opens a request yields.
function isUnyielded({ facts, details }: Entry): boolean {
  return facts.type === 'FILEHANDLE' && (details === null || details.fd === null)
}

/** The descriptor of a handle; null where there is none. */
export function fdOf(entry: Entry): number | null {
  const fd = (resourceOf(entry) as NativeHandle | undefined)?.fd
  return fd !== undefined && fd >= 0 ? fd : null
}

function ofParent(recorded: Recorded, entry: Entry): number {
  const { parent } = entry
  if (parent === null) return -1
  return isEntry(parent) ? siteOf(recorded, parent) : recorded.pending?.intern(parent) ?? -1
}

function ofOwner(recorded: Recorded, entry: Entry): number {
  const resource = resourceOf(entry)
  const owner = resource === undefined ? null : ownerOf(resource)
  if (owner === null) return -1
  const own = recorded.origins.ofOwner(owner)
  if (own !== -1) return own
  const server = serverOf(owner)
  if (server !== null) return recorded.origins.ofOwner(server)
  const asked = recorded.origins.askedFor(owner)
  return asked === undefined ? -1 : recorded.pending?.intern(asked) ?? -1
}

/** Where the program uses the channel to another process that a socket or server came over; -1 for what came over none, or where that was not seen. */
export function siteOfChannel(recorded: Recorded, { facts, triggerAsyncId }: Entry): number {
  if (facts.group !== 'net' || facts.nature !== 'handle') return -1
  const { channelId, listening } = recorded.origins.messages
  if (triggerAsyncId === channelId) return listening === null ? -1 : recorded.pending?.intern({ stack: listening }) ?? -1
  const channel = recorded.table.get(triggerAsyncId)
  const handle = channel === undefined ? undefined : resourceOf(channel)
  return handle !== undefined && isChannel(handle) ? siteOf(recorded, channel!) : -1
}

function ofCause(recorded: Recorded, entry: Entry): number {
  const cause = causeOf(recorded, entry)
  return cause === undefined ? -1 : siteOf(recorded, cause)
}

// The resource that a request works on, or what is beneath a session.
function causeOf(recorded: Recorded, entry: Entry): Entry | undefined {
  // The settings that each HTTP/2 session starts with are Node's own.
  if (entry.facts.type === 'HTTP2SETTINGS') return undefined
  const cause = entry.facts.nature === 'request' ? recorded.table.get(entry.triggerAsyncId) : carriedBy(recorded, entry)
  return cause === entry || cause?.facts.nature === 'request' ? undefined : cause
}

/** The socket that a TLS session, an HTTP exchange or session runs over. */
export function carriedBy({ lifecycle }: { readonly lifecycle: Lifecycle }, entry: Entry): Entry | undefined {
  if (entry.facts.group === 'http' && entry.facts.nature !== 'request') {
    const resource = resourceOf(entry)
    const handle = resource === undefined ? null : carrierHandleOf(resource)
    return handle === null ? undefined : lifecycle.entryOf(handle)
  }
  if (entry.facts.type !== 'TLSWRAP') return undefined
  const beneath = (resourceOf(entry) as NativeHandle | undefined)?._parent
  return beneath === null || beneath === undefined ? undefined : lifecycle.entryOf(beneath)
}
