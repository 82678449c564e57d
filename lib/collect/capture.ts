import { resolve } from 'node:path'
import { threadId } from 'node:worker_threads'
import type { Link, Resource } from '../model/resource.ts'
import { snapshotSchema, type KernelFacts, type ProcessFacts, type Snapshot } from '../model/snapshot.ts'
import { carriedBy, isEntry, siteOf } from './attribution.ts'
import type { Descriptor } from './ledger.ts'
import { type Address, type NativeHandle, ownerOf, pipeNameOf, poolOf } from './node-internals.ts'
import { currentDirectory, type Kernel } from './procfs.ts'
import type { Recorder } from './recorder.ts'
import { type Entry, resourceOf } from './table.ts'

/** Where a snapshot looks: the recorder, the kernel, and what of it is wanted. */
export interface View {
  readonly recorder: Recorder
  /** Null in a Worker: descriptors belong to the whole process. */
  readonly kernel: Kernel | null
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
  const list = view.kernel?.list() ?? null
  if (list !== null) dropClosed(recorder, list)
  const takenAtMs = Date.now()
  const live = liveResources(view)
  return {
    schema: snapshotSchema,
    takenAt: new Date(takenAtMs).toISOString(),
    takenAtMs,
    process: processFacts(),
    mode: recorder.pending === null ? 'count' : 'full',
    complete: recorder.faults.length === 0,
    faults: [...recorder.faults],
    dropped: recorder.dropped + recorder.table.dropped + recorder.sites.overflow,
    sampled: { captured: recorder.pending?.captured ?? 0, skipped: 0 },
    sites: [...recorder.sites.all],
    roots: [],
    ...live,
    kernel: list === null ? null : kernelFacts(view, list),
  }
}

/** A snapshot of nothing, for a watch that is switched off. */
export function emptySnapshot(): Snapshot {
  const takenAtMs = Date.now()
  return {
    schema: snapshotSchema, takenAt: new Date(takenAtMs).toISOString(), takenAtMs, process: processFacts(),
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

function liveResources(view: View): { resources: Resource[], closing: Resource[] } {
  const { recorder, types } = view
  const resources: Resource[] = []
  const closing: Resource[] = []
  const adopted = new Set<number>()
  const beneathTls = new Set<Entry>()
  for (const entry of recorder.table.values()) {
    const beneath = types.has('TLSWRAP') ? carriedBy(recorder, entry) : undefined
    if (beneath !== undefined) beneathTls.add(beneath)
  }
  for (const entry of recorder.table.values()) {
    if (!types.has(entry.facts.type) || beneathTls.has(entry)) continue
    const resource = asyncResource(recorder, entry)
    if (resource === null) continue
    if (resource.fd !== null) adopted.add(resource.fd)
    if (entry.state === 'closing') closing.push(resource)
    else resources.push(resource)
  }
  for (const entry of recorder.table.collected) {
    if (types.has(entry.facts.type)) resources.push(collectedResource(recorder, entry))
  }
  if (!types.has('fd')) return { resources, closing }
  for (const descriptor of recorder.ledger.values()) {
    // A socket or stream that adopted the number closes it: counted once, as that.
    if (adopted.has(descriptor.fd)) continue
    (descriptor.isClosing ? closing : resources).push(fdResource(recorder, descriptor))
  }
  return { resources, closing }
}

function fdResource(recorder: Recorder, descriptor: Descriptor): Resource {
  const { cwd, fd, path } = descriptor
  return {
    kind: 'fd', type: 'fd', key: `d${descriptor.ordinal}`, asyncId: null, triggerAsyncId: null, fd,
    target: path === null || cwd === null ? path : resolve(cwd, path),
    name: null, scope: null, ref: null, openedAtMs: recorder.startedAtMs + descriptor.openedAfterMs,
    collectedAtMs: null, pool: null, site: recorder.pending?.intern(descriptor) ?? -1, chain: [],
  }
}

const poolable = new Set(['TCPWRAP', 'TLSWRAP', 'PIPEWRAP'])

/** Null for a standard stream. */
function asyncResource(recorder: Recorder, entry: Entry): Resource | null {
  if (entry.resource === null) return requestResource(recorder, entry)
  const site = siteOf(recorder, entry)
  const handle = resourceOf(entry) as NativeHandle | undefined
  // Nothing closed it, yet it is gone: only the collector can have done that, its callback is still to come.
  if (handle === undefined) return collectedResource(recorder, entry)
  const isSocket = entry.facts.group === 'net'
  const fd = fdOf(entry)
  if (isSocket && fd !== null && fd <= 2) return null
  const owner = isSocket ? ownerOf(handle) : null
  return {
    kind: 'async', type: entry.facts.type, key: `a${entry.asyncId}`, asyncId: entry.asyncId,
    triggerAsyncId: entry.triggerAsyncId, fd,
    target: isSocket && fd !== null ? addressesOf(handle._parent ?? handle, owner) : entry.details?.target ?? null,
    name: null, scope: null, ref: handle.hasRef?.() ?? null,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs: null,
    pool: owner === null || !poolable.has(entry.facts.type) ? null : poolOf(owner), site, chain: chainOf(recorder, entry),
  }
}

function requestResource(recorder: Recorder, entry: Entry): Resource {
  return {
    kind: 'async', type: entry.facts.type, key: `a${entry.asyncId}`, asyncId: entry.asyncId,
    triggerAsyncId: entry.triggerAsyncId, fd: null, target: null, name: null, scope: null, ref: null,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs: null, pool: null,
    site: siteOf(recorder, entry), chain: [],
  }
}

function collectedResource(recorder: Recorder, entry: Entry): Resource {
  const afterMs = entry.details?.collectedAfterMs ?? -1
  const collectedAtMs = afterMs < 0 ? Date.now() : recorder.startedAtMs + afterMs
  return {
    kind: 'async', type: entry.facts.type, key: `a${entry.asyncId}`, asyncId: entry.asyncId,
    triggerAsyncId: entry.triggerAsyncId, fd: null, target: entry.details?.target ?? null, name: null, scope: null, ref: null,
    openedAtMs: recorder.startedAtMs + entry.openedAfterMs, collectedAtMs, pool: null,
    site: siteOf(recorder, entry), chain: chainOf(recorder, entry),
  }
}

function chainOf(recorder: Recorder, entry: Entry): readonly Link[] {
  const { parent } = entry.facts.type === 'TLSWRAP' ? carriedBy(recorder, entry) ?? entry : entry
  if (parent === null || !isEntry(parent)) return []
  return [{ type: parent.facts.type, asyncId: parent.asyncId, site: siteOf(recorder, parent) }]
}

function fdOf(entry: Entry): number | null {
  const fd = (resourceOf(entry) as NativeHandle | undefined)?.fd
  return fd !== undefined && fd >= 0 ? fd : null
}

function addressesOf(handle: NativeHandle, owner: ReturnType<typeof ownerOf>): string | null {
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

function kernelFacts({ recorder, kernel, own }: View, list: readonly number[]): KernelFacts | null {
  if (kernel === null) return null
  const fds = new Set<number>()
  let directories = 0
  for (const descriptor of recorder.ledger.values()) fds.add(descriptor.fd)
  for (const entry of recorder.table.values()) {
    if (entry.resource === null) continue
    const fd = fdOf(entry)
    if (fd !== null && fd > 2) fds.add(fd)
    if (entry.facts.type === 'DIRHANDLE') directories++
  }
  return kernel.facts(list, { fds, directories, own })
}

function processFacts(): ProcessFacts {
  return {
    pid: process.pid, ppid: process.ppid, threadId, node: process.version, platform: process.platform,
    argv: [...process.argv], cwd: currentDirectory() ?? '/', uptimeMs: Math.round(process.uptime() * 1000),
  }
}
