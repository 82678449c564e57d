import { isInternal } from '../model/path.ts'
import { isInPackage } from '../model/text/package-path.ts'
import type { Link, Resource } from '../model/resource.ts'
import { isServerType } from '../model/type-table.ts'
import type { Frame, Site } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'

/**
 * Index of the site that answers for a resource, -1 where no line of the program is known. An accepted socket is born
 * inside Node with no line of its own: the line that made its server listen answers for it.
 */
export function originOf(resource: Resource, snapshot: Snapshot): number {
  if (hasUserFrame(resource.site, snapshot)) return resource.site
  const link = acceptedBy(resource)
  return link !== null && hasUserFrame(link.site, snapshot) ? link.site : -1
}

/** The server that accepted a connection; null for what was not accepted. */
export function acceptedBy({ chain: [link] }: Resource): Link | null {
  return link !== undefined && isServerType(link.type) ? link : null
}

/**
 * Whether the program may be blamed for a resource. With no line of the program behind it Node opened it for itself,
 * and calling that a leak would be a false blame: the kernel check lists its descriptor. A snapshot that counts has no
 * stacks to tell by, and collect leaves out what it knows to be Node's own. Where others of its type have a stack, what Node may as well have
 * made in passing is told by that alone. A tag is declared by the program.
 */
export function isOfProgram(resource: Resource, snapshot: Snapshot): boolean {
  if (snapshot.mode === 'count' || resource.kind === 'tracked') return true
  if (resource.isCounted && !(snapshot.mode === 'adaptive' && makers.has(resource.type))) return true
  const site = snapshot.sites[originOf(resource, snapshot)]
  return site !== undefined && !isMadeInPassing(resource.type, site)
}

/** Whether the line that answers for a resource lies in a package, given the beginnings of paths inside node_modules. */
export function isOfPackage(resource: Resource, snapshot: Snapshot, beginnings: readonly string[]): boolean {
  const site = snapshot.sites[originOf(resource, snapshot)]
  const file = site?.frames[site.user]?.file ?? null
  return file !== null && isInPackage(file, beginnings)
}

// Node makes timers, ports, resolvers and Workers of its own inside calls of the program (those of a server, of structuredClone,
// of a Worker, of the first connect or import of node:dns, of module.register). The program's are made by the functions that are there for it, with
// nothing of Node between.
const makers: ReadonlyMap<string, readonly string[]> = new Map([
  ['Timeout', ['node:timers', 'node:timers/promises', 'node:internal/timers']],
  ['Immediate', ['node:timers', 'node:timers/promises', 'node:internal/timers']],
  ['MESSAGEPORT', ['node:internal/worker/io']],
  ['DNSCHANNEL', ['node:internal/dns/utils']],
  ['WORKER', ['node:internal/worker']],
  ['SIGINTWATCHDOG', []],
])

// What of Node calls a function that it was given, as does WebAssembly: that is the program's own call.
const callers: ReadonlySet<string> = new Set([
  'node:async_hooks', 'node:diagnostics_channel', 'node:domain', 'node:internal/async_local_storage/async_context_frame',
  'node:internal/async_local_storage/async_hooks', 'node:internal/perf/timerify', 'node:internal/test_runner/mock/mock', 'node:internal/util',
])

function isCaller(file: string): boolean {
  return callers.has(file) || file.startsWith('wasm:')
}

function isMadeInPassing(type: string, { frames, user }: Site): boolean {
  const between = frames.slice(0, user)
  const allowed = makers.get(type)
  if (allowed !== undefined) return between.some(({ file }) => file !== null && isInternal(file) && !allowed.includes(file) && !isCaller(file))
  return between.some(frame => isReadingForItself(type, frame))
}

// The program never gets the handle and the request by which Node reads the file behind a Blob or an HTTP/2 answer: they end
// when they are collected. A stream of a Blob is memory until somebody reads it.
function isReadingForItself(type: string, { file, function: name }: Frame): boolean {
  if (type === 'BLOBREADER') return file === 'node:internal/blob' && name === 'stream'
  if (type !== 'FILEHANDLE' && type !== 'FSREQCALLBACK') return false
  return file === 'node:internal/blob' || (file === 'node:internal/http2/core' && name === 'startFilePipe')
}

function hasUserFrame(index: number, snapshot: Snapshot): boolean {
  const site = snapshot.sites[index]
  return site !== undefined && site.user !== -1
}
