// Snapshots from terse input, for the tests of what judges and renders them.
import { isInternal, packageName } from '../../lib/model/path.ts'
import { isSpy } from '../../lib/model/text/package-path.ts'
import type { Resource } from '../../lib/model/resource.ts'
import type { Frame, Site } from '../../lib/model/site.ts'
import { snapshotSchema } from '../../lib/model/snapshot.ts'
import type { Snapshot } from '../../lib/model/snapshot.ts'

export const cwd = '/srv/app'
/** 2026-03-01T12:00:00.000Z */
export const takenAtMs = Date.UTC(2026, 2, 1, 12)

export interface ResourceInput extends Partial<Omit<Resource, 'site' | 'chain'>> {
  /** `src/pool.ts:88:17 in acquire < src/server.ts:12:3`, innermost first, with `<<` before another stack; files lie below `cwd` unless absolute. */
  readonly at?: string
  readonly openedMsAgo?: number
  readonly collectedMsAgo?: number
  /** The server that accepted it. */
  readonly server?: { readonly type?: string, readonly asyncId?: number, readonly at: string }
}

export interface SnapshotInput extends Partial<Omit<Snapshot, 'resources' | 'closing' | 'sites'>> {
  readonly resources?: readonly ResourceInput[]
  readonly closing?: readonly ResourceInput[]
}

export function buildSnapshot({ resources = [], closing = [], ...facts }: SnapshotInput = {}): Snapshot {
  const sites = new Map<string, number>()
  const build = (input: ResourceInput, index: number) => buildResource(input, index, sites)
  return {
    schema: snapshotSchema,
    takenAt: new Date(takenAtMs).toISOString(),
    takenAtMs,
    process: { pid: 123, ppid: 1, threadId: 0, node: 'v20.20.2', platform: 'linux', argv: ['node', `${cwd}/main.js`], cwd, uptimeMs: 60_000 },
    mode: 'full',
    complete: true,
    faults: [],
    dropped: 0,
    sampled: { captured: resources.length, skipped: 0 },
    roots: [cwd],
    resources: resources.map(build),
    closing: closing.map(build),
    misuses: [],
    alive: { active: [], standard: [] },
    endings: { isExact: true, bySite: [] },
    kernel: null,
    ...facts,
    sites: [...sites.keys()].map(buildSite),
  }
}

function buildResource({ at, openedMsAgo = 1000, collectedMsAgo, server, ...facts }: ResourceInput, index: number, sites: Map<string, number>): Resource {
  const type = facts.type ?? 'fd'
  const asyncId = type === 'fd' ? null : index + 10
  return {
    kind: type === 'fd' ? 'fd' : 'async',
    type,
    key: `${type}#${asyncId ?? facts.fd ?? index}`,
    asyncId,
    triggerAsyncId: asyncId === null ? null : 1,
    fd: null,
    target: null,
    name: null,
    scope: null,
    ref: null,
    openedAtMs: takenAtMs - openedMsAgo,
    collectedAtMs: collectedMsAgo === undefined ? null : takenAtMs - collectedMsAgo,
    recurring: null,
    waitsFor: null,
    isCounted: false,
    pool: null,
    ...facts,
    site: at === undefined ? -1 : intern(at, sites),
    chain: server === undefined ? [] : [{ type: server.type ?? 'TCPSERVERWRAP', asyncId: server.asyncId ?? 5, name: null, site: intern(server.at, sites) }],
  }
}

function intern(stack: string, sites: Map<string, number>): number {
  const index = sites.get(stack) ?? sites.size
  sites.set(stack, index)
  return index
}

/** The site of a stack written as `ResourceInput.at`. */
export function buildSite(stack: string): Site {
  const [own, asked] = stack.split(' << ').map(part => part.split(' < ').map(buildFrame))
  const frames = [...own!, ...asked ?? []]
  const user = frames.findIndex(({ file }) => file !== null && !isInternal(file) && !isSpy(file))
  const app = frames.findIndex(({ file }) => file !== null && !isInternal(file) && packageName(file) === null)
  const name = packageName(frames[user]?.file ?? '')
  return { frames, user, app, package: name === null ? null : `${name}@1.0.0`, ...asked === undefined ? {} : { boundary: own!.length } }
}

function buildFrame(text: string): Frame {
  const [, file, line, column, name] = /^(.*?)(?::(\d+))?(?::(\d+))?(?: in (.*))?$/s.exec(text)!
  return { function: name ?? null, file: absolute(file!), line: line ? Number(line) : null, column: column ? Number(column) : null }
}

function absolute(file: string): string {
  return /^(\/|[A-Za-z]:\\|node:|\[)/.test(file) ? file : `${cwd}/${file}`
}
