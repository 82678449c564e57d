import { resolve } from 'node:path'
import { isoTime, nowMs } from '../../model/clock.ts'
import { isWanted, type Link, type Resource } from '../../model/resource.ts'
import { snapshotSchema, type ProcessFacts, type Snapshot } from '../../model/snapshot.ts'
import { carriedBy, isEntry, siteOf } from './attribution.ts'
import type { Descriptor } from '../ledger.ts'
import {
  type Address, commandOf, delayOf, exchangeOf, isNativeHandle, isRecurring, type NativeHandle, ownerOf, pipeNameOf, poolOf, wasKilled,
} from '../node-internals.ts'
import { currentDirectory, type Kernel } from './kernel.ts'
import type { Recorder } from '../recorder.ts'
import { type Entry, resourceOf } from '../table.ts'
import { threads } from '../thread.ts'

// Taken at load: the program may put another in its place.
const { uptime } = process

/** Where a snapshot looks: the recorder, the kernel, and what of it is wanted. */
export interface View {
  readonly recorder: Recorder
  readonly kernel: Kernel
  readonly types: ReadonlySet<string>
  readonly own: ReadonlySet<number>
}

/** Freezes the live set into plain data: the only way by which facts leave this room. */
export function capture(view: View): Snapshot {
  return view.recorder.events.look(() => captureLive(view))
}

function captureLive(view: View): Snapshot {
  const { recorder } = view
  recorder.pending?.internAll()
  recorder.lifecycle.sweepRequests()
  recorder.table.sweep(entry => recorder.lifecycle.isDead(entry))
  // A Worker knows what it opened itself, but descriptors belong to the whole process.
  const list = threads().isMainThread ? view.kernel.list() : null
  if (list !== null) dropClosed(recorder, list)
  const takenAtMs = nowMs()
  const { resources, closing, held } = liveResources(view)
  return {
    schema: snapshotSchema,
    takenAt: isoTime(takenAtMs),
    takenAtMs,
    process: processFacts(),
    mode: recorder.pending === null ? 'count' : 'full',
    complete: recorder.faults.length === 0,
    faults: [...recorder.faults],
    dropped: recorder.dropped + recorder.table.dropped + recorder.sites.overflow,
    sampled: { captured: recorder.pending?.captured ?? 0, skipped: 0 },
    sites: [...recorder.sites.all],
    roots: [],
    resources,
    closing,
    kernel: list === null ? null : view.kernel.facts(list, { ...held, own: view.own }),
  }
}

/** A snapshot of nothing, for a watch that is switched off. */
export function emptySnapshot(): Snapshot {
  const takenAtMs = nowMs()
  return {
    schema: snapshotSchema, takenAt: isoTime(takenAtMs), takenAtMs, process: processFacts(),
    mode: 'count', complete: true, faults: [], dropped: 0, sampled: { captured: 0, skipped: 0 }, sites: [], roots: [],
    resources: [], closing: [], kernel: null,
  }
}

// A number that the kernel does not know was closed by somebody whom no tap sees: native code, an adopting handle.
function dropClosed({ ledger, table }: Recorder, list: readonly number[]): void {
  const open = new Set(list)
  for (const descriptor of ledger.values()) if (!open.has(descriptor.fd)) ledger.end(descriptor)
  for (const entry of table.values()) {
    if (entry.facts.type !== 'FILEHANDLE') continue
    const fd = fdOf(entry)
    if (fd !== null && !open.has(fd)) table.end(entry)
  }
}

interface Live {
  readonly resources: Resource[]
  readonly closing: Resource[]
  readonly held: { readonly fds: Set<number>, directories: number }
}

function liveResources(view: View): Live {
  const live: Live = { resources: [], closing: [], held: { fds: new Set(), directories: 0 } }
  addEntries(view, live)
  addDescriptors(view, live)
  return live
}

function addEntries({ recorder, types }: View, { resources, closing, held }: Live): void {
  const beneathTls = types.has('TLSWRAP') ? socketsBeneathTls(recorder) : new Set<Entry>()
  for (const entry of recorder.table.values()) {
    const isAsked = isWanted(types, entry.facts.type) && !beneathTls.has(entry)
    const fd = entry.resource === null ? null : fdOf(entry)
    if (entry.facts.type === 'DIRHANDLE') held.directories++
    // Standard streams, opened by a mere touch of process.stdin, are nobody's.
    if (fd !== null && fd <= 2) continue
    if (fd !== null) held.fds.add(fd)
    else if (isWithoutDescriptor(recorder, entry) || isIdlePort(entry)) continue
    if (isAsked) (isClosing(entry) ? closing : resources).push(asyncResource(recorder, entry, fd))
  }
  for (const entry of recorder.table.collected) {
    if (isWanted(types, entry.facts.type)) resources.push(collectedResource(recorder, entry))
  }
}

// TLS over a stream of the program's own (a proxy's, a PassThrough) holds memory alone.
function isWithoutDescriptor(recorder: Recorder, entry: Entry): boolean {
  return entry.facts.type === 'TLSWRAP' && carriedBy(recorder, entry) === undefined
}

// A child that was sent its signal ends once the loop turns.
function isClosing(entry: Entry): boolean {
  if (entry.facts.type !== 'PROCESSWRAP') return entry.state === 'closing'
  const child = ownerOf(resourceOf(entry) as NativeHandle)
  return child !== null && wasKilled(child)
}

// A port that does not keep the loop alive is closed, or unused and left to the collector: it holds nothing.
function isIdlePort(entry: Entry): boolean {
  return entry.facts.nature === 'port' && (resourceOf(entry) as NativeHandle | undefined)?.hasRef?.() !== true
}

// The session and the socket that carries it are one connection: counted once, as TLS.
function socketsBeneathTls(recorder: Recorder): ReadonlySet<Entry> {
  const beneath = new Set<Entry>()
  for (const entry of recorder.table.values()) {
    const socket = entry.facts.type === 'TLSWRAP' ? carriedBy(recorder, entry) : undefined
    if (socket !== undefined) beneath.add(socket)
  }
  return beneath
}

function addDescriptors({ recorder, types }: View, { resources, closing, held }: Live): void {
  for (const descriptor of recorder.ledger.values()) {
    // A socket that adopted the number closes it: counted once, as that.
    const isAdopted = held.fds.has(descriptor.fd)
    held.fds.add(descriptor.fd)
    if (types.has('fd') && !isAdopted) (descriptor.isClosing ? closing : resources).push(fdResource(recorder, descriptor))
  }
}

function fdResource(recorder: Recorder, descriptor: Descriptor): Resource {
  const { cwd, fd, path } = descriptor
  return {
    kind: 'fd', type: 'fd', key: `d${descriptor.ordinal}`, asyncId: null, triggerAsyncId: null, fd,
    target: path === null || cwd === null ? path : resolve(cwd, path),
    name: null, scope: null, ref: null, openedAtMs: recorder.startedAtMs + descriptor.openedAfterMs,
    collectedAtMs: null, recurring: null, pool: null, site: recorder.pending?.intern(descriptor) ?? -1, chain: [],
  }
}

const poolable = new Set(['TCPWRAP', 'TLSWRAP', 'PIPEWRAP'])

function asyncResource(recorder: Recorder, entry: Entry, fd: number | null): Resource {
  if (entry.resource === null) return requestResource(recorder, entry)
  const handle = resourceOf(entry) as NativeHandle | undefined
  // Nothing closed it, yet it is gone: only the collector can have done that, its callback is still to come.
  if (handle === undefined) return collectedResource(recorder, entry)
  const owner = isNativeHandle(handle) ? ownerOf(handle) : null
  return {
    kind: 'async', type: entry.facts.type, key: `a${entry.asyncId}`, asyncId: entry.asyncId,
    triggerAsyncId: entry.triggerAsyncId, fd,
    target: targetOf(entry, handle, owner),
    name: null, scope: null, ref: handle.hasRef?.() ?? null,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs: null,
    recurring: entry.facts.nature === 'timer' ? isRecurring(handle) : null,
    pool: owner === null || !poolable.has(entry.facts.type) ? null : poolOf(owner),
    site: siteOf(recorder, entry), chain: chainOf(recorder, entry),
  }
}

function targetOf({ details, facts }: Entry, handle: NativeHandle, owner: object | null): string | null {
  if (facts.nature === 'timer') return delayOf(handle)
  if (facts.group === 'net') return addressesOf(handle._parent ?? handle, owner)
  if (facts.group === 'http') return exchangeOf(handle)
  return details?.target ?? (owner === null ? null : commandOf(owner))
}

function requestResource(recorder: Recorder, entry: Entry): Resource {
  return {
    kind: 'async', type: entry.facts.type, key: `a${entry.asyncId}`, asyncId: entry.asyncId,
    triggerAsyncId: entry.triggerAsyncId, fd: null, target: null, name: null, scope: null, ref: null,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs: null, recurring: null, pool: null,
    site: siteOf(recorder, entry), chain: [],
  }
}

function collectedResource(recorder: Recorder, entry: Entry): Resource {
  const afterMs = entry.details?.collectedAfterMs ?? -1
  const collectedAtMs = afterMs < 0 ? nowMs() : recorder.startedAtMs + afterMs
  return {
    kind: 'async', type: entry.facts.type, key: `a${entry.asyncId}`, asyncId: entry.asyncId,
    triggerAsyncId: entry.triggerAsyncId, fd: null, target: entry.details?.target ?? null, name: null, scope: null, ref: null,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs, recurring: null, pool: null,
    site: siteOf(recorder, entry), chain: chainOf(recorder, entry),
  }
}

function chainOf(recorder: Recorder, entry: Entry): readonly Link[] {
  const { parent } = beneathAll(recorder, entry)
  if (parent === null || !isEntry(parent)) return []
  return [{ type: parent.facts.type, asyncId: parent.asyncId, site: siteOf(recorder, parent) }]
}

function beneathAll(recorder: Recorder, entry: Entry): Entry {
  const beneath = carriedBy(recorder, entry)
  return beneath === undefined ? entry : beneathAll(recorder, beneath)
}

function fdOf(entry: Entry): number | null {
  const fd = (resourceOf(entry) as NativeHandle | undefined)?.fd
  return fd !== undefined && fd >= 0 ? fd : null
}

function addressesOf(handle: NativeHandle, owner: object | null): string | null {
  const local = readAddress(out => handle.getsockname?.(out))
  const remote = readAddress(out => handle.getpeername?.(out))
  if (local !== null) return remote === null ? local : `${local} -> ${remote}`
  return owner === null ? null : pipeNameOf(owner)
}

function readAddress(read: (out: Address) => number | undefined): string | null {
  const out: Address = {}
  if (read(out) !== 0 || out.address === undefined) return null
  return out.address.includes(':') ? `[${out.address}]:${out.port}` : `${out.address}:${out.port}`
}

function processFacts(): ProcessFacts {
  return {
    pid: process.pid, ppid: process.ppid, threadId: threads().threadId, node: process.version, platform: process.platform,
    argv: [...process.argv], cwd: currentDirectory() ?? '/', uptimeMs: Math.round(uptime() * 1000),
  }
}
