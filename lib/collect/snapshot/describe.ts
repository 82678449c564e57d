import { resolve } from 'node:path'
import { nowMs } from '../../model/clock.ts'
import { packageName } from '../../model/path.ts'
import { channelName, describedResource, type Pool, type Resource, type ResourceScope, type Wait } from '../../model/resource.ts'
import { carriedBy, isCounted, siteOf, typeOf } from './attribution.ts'
import { causesOf, chainOf } from './chain.ts'
import type { Descriptor } from '../ledger.ts'
import { isChannel } from '../ends/child-internals.ts'
import { type Address, commandOf, delayOf, exchangeOf, isNativeHandle, isRecurring, type NativeHandle, ownerOf } from '../node-internals.ts'
import type { Recorder } from '../recorder.ts'
import { type GlobalAgents, pipeNameOf, poolOf, waitOf } from './sockets.ts'
import { type Entry, resourceOf } from '../table.ts'
import { linkOf } from './kernel.ts'
import { firstDirectory } from './listing.ts'

export function fdResource(recorder: Recorder, descriptor: Descriptor): Resource {
  const { cwd, fd, path } = descriptor
  const site = recorder.pending?.intern(descriptor) ?? -1
  return describedResource({
    kind: 'fd', type: 'fd', key: `d${descriptor.ordinal}`, fd,
    target: path === null ? linkOf(fd) : cwd === null ? path : resolve(cwd, path),
    scope: scopeOf(recorder, descriptor), openedAtMs: recorder.startedAtMs + descriptor.openedAfterMs,
    waitsFor: fileWait(recorder, descriptor), isCounted: recorder.pending?.isCounted(descriptor), site, chain: causesOf(recorder, descriptor, site),
  })
}

const connections = new Set(['TCPWRAP', 'TLSWRAP', 'PIPEWRAP', 'HTTP2SESSION'])

interface Looked {
  /** Its descriptor. */
  readonly fd: number | null
  readonly globalAgents: GlobalAgents
}

/** What is told of a live resource. */
export function asyncResource(recorder: Recorder, entry: Entry, { fd, globalAgents }: Looked): Resource {
  if (entry.resource === null) return ofEntry(recorder, entry, { fd })
  const handle = resourceOf(entry) as NativeHandle | undefined
  // Nothing closed it, yet it is gone: only the collector can have done that, its callback is still to come.
  if (handle === undefined) return collectedResource(recorder, entry)
  const owner = isNativeHandle(handle) ? ownerOf(handle) : null
  return ofEntry(recorder, entry, {
    fd,
    type: typeOf(entry),
    target: targetOf(entry, handle, owner),
    ref: recorder.letGo.has(entry) ? false : openedHandle(handle).hasRef?.() ?? null,
    recurring: entry.facts.nature === 'timer' ? isRecurring(handle) : null,
    pool: poolNow(recorder, entry, owner, globalAgents),
    waitsFor: entry.facts.nature === 'file' ? fileWait(recorder, handle) : owner === null ? null : waitNow(recorder, entry, owner, fd),
  })
}

// With what is known of everything that Node announced.
function ofEntry(recorder: Recorder, entry: Entry, { type = entry.facts.type, fd, target, ref, collectedAtMs, recurring, pool, waitsFor }: Partial<Resource>): Resource {
  const { asyncId, triggerAsyncId } = entry
  const uses = recorder.undici.usesOf(entry)
  return describedResource({
    kind: 'async', type, key: uses === 0 ? `a${asyncId}` : `a${asyncId}.${uses}`, asyncId, triggerAsyncId, fd, target, scope: scopeOf(recorder, entry), ref,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs, recurring, pool, waitsFor,
    isCounted: isCounted(recorder, entry), site: siteOf(recorder, entry), chain: chainOf(recorder, entry),
  })
}

function fileWait({ fileStreams, lifecycle }: Recorder, opened: object): Wait | null {
  if (lifecycle.isRead(opened)) return 'read'
  return fileStreams.isWritingOut(opened) ? 'flush' : null
}

function waitNow({ lifecycle }: Recorder, { facts }: Entry, owner: object, fd: number | null): Wait | null {
  if (facts.type === 'PROCESSWRAP') return lifecycle.children.waitOf(owner)
  return connections.has(facts.type) ? waitOf(owner, fd) : null
}

function scopeOf({ scopes }: Recorder, opening: object): ResourceScope | null {
  return scopes?.of(opening) ?? null
}

// A session of HTTP/2 lies in the pool in which its socket does.
function poolNow(recorder: Recorder, entry: Entry, owner: object | null, globalAgents: GlobalAgents): Pool | null {
  const socket = entry.facts.type === 'HTTP2SESSION' ? ownerOfCarrier(recorder, entry) : owner
  return socket === null || !connections.has(entry.facts.type) ? null : namedPool(recorder, entry, poolOf(socket, globalAgents))
}

function ownerOfCarrier(recorder: Recorder, entry: Entry): object | null {
  const carrier = carriedBy(recorder, entry)
  const handle = carrier === undefined ? undefined : resourceOf(carrier)
  return handle === undefined ? null : ownerOf(handle)
}

// The dispatcher that Node holds for fetch is undici too: the one from npm is told by its frames.
function namedPool(recorder: Recorder, entry: Entry, pool: Pool | null): Pool | null {
  if (pool !== 'fetch') return pool
  const frames = recorder.sites.all[siteOf(recorder, entry)]?.frames ?? []
  return frames.some(({ file }) => file !== null && packageName(file) === 'undici') ? 'undici' : pool
}

function targetOf({ details, facts }: Entry, handle: NativeHandle, owner: object | null): string | null {
  if (facts.nature === 'timer') return delayOf(handle)
  if (facts.group === 'net') return addressesOf(openedHandle(handle), owner)
  if (facts.group === 'http') return exchangeOf(handle)
  if (facts.group === 'watch') return details === null ? null : resolve(firstDirectory ?? '/', details.target ?? '')
  return details?.target ?? (owner === null ? null : commandOf(owner))
}

// The handle of a TLS session has neither addresses nor a hold on the loop: the socket beneath it has.
function openedHandle(handle: NativeHandle): NativeHandle {
  return handle._parent ?? handle
}

export function collectedResource(recorder: Recorder, entry: Entry): Resource {
  const { collectedAfterMs = -1, fd = null, target = null } = entry.details ?? {}
  return ofEntry(recorder, entry, { fd, target, collectedAtMs: collectedAfterMs < 0 ? nowMs() : recorder.startedAtMs + collectedAfterMs })
}

function addressesOf(handle: NativeHandle, owner: object | null): string | null {
  const local = readAddress(out => handle.getsockname?.(out))
  const remote = readAddress(out => handle.getpeername?.(out))
  if (local !== null) return remote === null ? local : `${local} -> ${remote}`
  if (isChannel(handle)) return channelName
  return owner === null ? null : pipeNameOf(owner)
}

function readAddress(read: (out: Address) => number | undefined): string | null {
  const out: Address = {}
  if (read(out) !== 0 || out.address === undefined) return null
  return out.address.includes(':') ? `[${out.address}]:${out.port}` : `${out.address}:${out.port}`
}
