import { executionAsyncId } from 'node:async_hooks'
import { isStandard, type Resource } from '../../model/resource.ts'
import { isWanted } from '../../model/type-table.ts'
import { carriedBy, fdOf, isOfNode } from './attribution.ts'
import { asyncResource, collectedResource, fdResource } from './describe.ts'
import type { Kernel } from './kernel.ts'
import { closesAtEnd, GlobalAgents, isEnding } from './sockets.ts'
import { descriptorsOfRequests, hasPid, isExiting, isIdleWatcher, isRecurring, type NativeHandle, ownerOf } from '../node-internals.ts'
import type { Recorder } from '../recorder.ts'
import { type Entry, resourceOf, type Table } from '../table.ts'

/** Where a snapshot looks: the recorder, the kernel, and what of it is wanted. */
export interface View {
  readonly recorder: Recorder
  /** Null where neither it is to be asked, nor what was closed. */
  readonly kernel: Kernel | null
  readonly types: ReadonlySet<string>
  /** Number of our own descriptor; null where there is none. */
  readonly own: number | null
}

export interface Live {
  readonly resources: Resource[]
  readonly closing: Resource[]
  readonly held: { readonly fds: Set<number>, directories: number, requests: number }
}

/** What is held at this instant, and which descriptors that takes. */
export function liveResources(view: View): Live {
  const live: Live = { resources: [], closing: [], held: { fds: new Set(), directories: 0, requests: 0 } }
  addEntries(view, live)
  addDescriptors(view, live)
  return live
}

function addEntries({ recorder, kernel, types }: View, { resources, closing, held }: Live): void {
  const beneathTls = types.has('TLSWRAP') ? socketsBeneathTls(recorder) : new Set<Entry>()
  const pipes = recorder.lifecycle.pipesToChildren()
  const ofRequests = kernel === null ? null : descriptorsOfRequests()
  const globalAgents = new GlobalAgents()
  for (const entry of recorder.table.values()) {
    const isAsked = isWanted(types, entry.facts.type) && !beneathTls.has(entry) && !pipes.letGo.has(entry.asyncId) && !isUntold(recorder, entry)
    const fd = entry.resource === null ? ofRequests?.get(entry.asyncId) ?? null : fdOf(entry)
    if (entry.facts.type === 'DIRHANDLE') held.directories++
    if (entry.facts.type === 'FSREQCALLBACK' || entry.facts.type === 'FSREQPROMISE') held.requests++
    if (entry.facts.type === 'FILEHANDLE' && recorder.ownership.isRobbed(entry)) continue
    if (isStandard(fd)) continue
    if (fd !== null) held.fds.add(fd)
    else if (isWithoutDescriptor(recorder, entry) || isIdlePort(entry) || isUnopened(recorder, entry) || isFiring(entry)) continue
    if (isAsked) (pipes.closing.has(entry.asyncId) || isClosing(recorder, entry) ? closing : resources).push(asyncResource(recorder, entry, { fd, globalAgents }))
  }
  if (isExiting()) awaitEndsOfTwins(recorder.table, resources, closing)
  for (const entry of recorder.table.collected) {
    if (isWanted(types, entry.facts.type) && !isUntold(recorder, entry)) resources.push(collectedResource(recorder, entry))
  }
}

// With stacks the judgement leaves out what is Node's own; without, it has nothing to go by.
function isUntold(recorder: Recorder, entry: Entry): boolean {
  return recorder.pending === null && isOfNode(recorder, entry)
}

// Where both sides of a connection lie in this process, one of them may have been ended in a turn that was the last: the other would have read that.
function awaitEndsOfTwins(table: Table, resources: Resource[], closing: readonly Resource[]): void {
  const closed = new Set(closing.map(({ target }) => plain(target)))
  const ended = new Set(resources.filter(({ waitsFor }) => waitsFor === 'end').map(({ target }) => plain(target)))
  for (const [index, resource] of resources.entries()) {
    const { asyncId, fd, target, waitsFor } = resource
    const [local, remote] = plain(target).split(' -> ')
    const other = `${remote} -> ${local}`
    if (asyncId === null || remote === undefined || waitsFor !== null || !(closed.has(other) || ended.has(other))) continue
    const entry = table.get(asyncId)
    const handle = entry === undefined ? undefined : resourceOf(entry)
    const owner = handle === undefined ? null : ownerOf(handle)
    if (owner !== null && closesAtEnd(owner, fd, closed.has(other))) resources[index] = { ...resource, waitsFor: 'eof' }
  }
}

// A server of IPv6 sees the addresses of IPv4 as parts of its own.
function plain(target: string | null): string {
  return (target ?? '').replaceAll(/\[::ffff:([\d.]+)\]/g, '$1')
}

// TLS over a stream of the program's own (a proxy's, a PassThrough), or over an unopened socket, holds memory alone.
function isWithoutDescriptor(recorder: Recorder, entry: Entry): boolean {
  if (entry.facts.type !== 'TLSWRAP') return false
  const socket = carriedBy(recorder, entry)
  return socket === undefined || isUnopened(recorder, socket)
}

// A child that was sent its signal, or is a zombie, ends once the loop turns, and so does a socket that is being ended, and a FileHandle whose stream has come to its end.
function isClosing(recorder: Recorder, entry: Entry): boolean {
  if (entry.state === 'closing' || recorder.lifecycle.ports.isClosing(entry)) return true
  const handle = resourceOf(entry)
  if (handle !== undefined && entry.facts.type === 'FILEHANDLE') return recorder.fileStreams.isClosing(handle)
  const owner = handle !== undefined && endsOfItself.has(entry.facts.type) ? ownerOf(handle) : null
  return owner !== null && (entry.facts.type === 'PROCESSWRAP' ? recorder.lifecycle.children.isEnding(owner, recorder.afterMs()) : isEnding(owner))
}

const endsOfItself = new Set(['PROCESSWRAP', 'TCPWRAP', 'PIPEWRAP', 'TLSWRAP'])

// A port that does not keep the loop alive is closed, or unused and left to the collector: it holds nothing.
function isIdlePort(entry: Entry): boolean {
  return entry.facts.nature === 'port' && (resourceOf(entry) as NativeHandle | undefined)?.hasRef?.() !== true
}

// A timer that fires once, and whose callback takes the snapshot, has fired.
function isFiring(entry: Entry): boolean {
  return entry.facts.nature === 'timer' && entry.asyncId === executionAsyncId() && !isRecurring(resourceOf(entry) ?? {})
}

const openedWithDescriptor = new Set(['PIPESERVERWRAP', 'PIPEWRAP', 'TCPSERVERWRAP', 'TCPWRAP'])

// Made by a call that then refused its arguments: the handle of a child, thread or watcher that was never started, of a
// socket or server that was never opened. The program has no hold on it, and it holds nothing.
function isUnopened({ lifecycle }: Recorder, entry: Entry): boolean {
  const handle = resourceOf(entry) as NativeHandle | undefined
  if (handle === undefined) return false
  if (entry.facts.type === 'PROCESSWRAP') return !hasPid(handle)
  if (entry.facts.type === 'FSEVENTWRAP') return isIdleWatcher(handle)
  if (openedWithDescriptor.has(entry.facts.type)) return process.platform !== 'win32'
  return !lifecycle.hasStarted(handle)
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
  const { pending, sites } = recorder
  for (const descriptor of recorder.ledger.values()) {
    // With no line of the program (a function of node:fs that Node itself calls back) it is nobody's: the kernel check alone lists it.
    if (pending !== null && !pending.isCounted(descriptor) && !sites.hasUser(pending.intern(descriptor))) continue
    // A socket that adopted the number closes it: counted once, as that. What a FileHandle that is being closed has left may be another's already.
    const isAdopted = held.fds.has(descriptor.fd) && !closing.some(({ type, fd }) => type === 'FILEHANDLE' && fd === descriptor.fd)
    held.fds.add(descriptor.fd)
    // A standard stream that the program has led elsewhere, as a daemon does.
    if (isStandard(descriptor.fd)) continue
    if (types.has('fd') && !isAdopted) (descriptor.isClosing || recorder.fileStreams.isClosing(descriptor) ? closing : resources).push(fdResource(recorder, descriptor))
  }
}
