// model: the words and shapes every room shares. It imports nothing and computes nothing about a process.
// Flow: types -> what collect records -> Snapshot -> what analyze judges -> Report.

/** How a resource became known: announced by the AsyncHook, held as an integer descriptor, or declared by the user. */
export type Kind = 'async' | 'fd' | 'tracked'

/** A family of resource types that is switched on and off together. */
export type Group = 'fs' | 'requests' | 'net' | 'process' | 'watch' | 'timers' | 'http' | 'other' | 'tracked'

/**
 * What a type is while it lives. A `request`, a crypto `job`, an HTTP `exchange` and a `thread` end by themselves when they
 * complete; a `descriptor`, a `handle` of libuv, a `file` object, a TLS `session`, an `owned` one that an object of
 * the program destroys, a message `port`, a `timer` and a `tag` are held until somebody ends them; a native `object` holds
 * memory alone, and is the collector's business.
 */
export type Nature =
  | 'request' | 'job' | 'exchange' | 'thread' | 'descriptor' | 'handle' | 'file' | 'session' | 'owned' | 'port' | 'timer' | 'tag' | 'object'

/** Whether a descriptor is that of standard input, output or error. */
export function isStandard(fd: number | null): boolean {
  return fd !== null && fd <= lastStandard
}

const lastStandard = 2

/** What is recorded unless something else is asked for. */
export const defaultGroups: readonly Group[] = ['fs', 'requests', 'net', 'process', 'watch', 'tracked']

/** Where a socket that nobody uses at the moment is kept for the next request; an Agent that is not global is the program's. */
export type Pool = 'http.globalAgent' | 'https.globalAgent' | 'http.Agent' | 'https.Agent' | 'fetch' | 'undici'

/**
 * What something waits for after the program has done its part. A socket or HTTP/2 session: its `connection`; a `write` that is through but for its
 * callback; the `end` of the other side, which has not answered its own; or to read the end that the other side has sent (`eof`). A child process: its
 * `exit` after it was disconnected, or that it heeds its `signal`. A file whose stream was ended: the `flush` of what is left to write. A directory: the
 * `read` that is under way.
 */
export type Wait = 'connection' | 'write' | 'end' | 'eof' | 'exit' | 'signal' | 'flush' | 'read'

/** One live resource as a snapshot records it: plain data, JSON-safe. */
export interface Resource {
  readonly kind: Kind
  readonly type: string
  /** Tells this resource from every other one of its thread, also across snapshots. */
  readonly key: string
  readonly asyncId: number | null
  readonly triggerAsyncId: number | null
  /** Number of the descriptor that it holds, or held until the collector closed it; null where none is known. */
  readonly fd: number | null
  /** What it leads to: a path, or `local -> remote` addresses of a socket. */
  readonly target: string | null
  readonly name: string | null
  /** The scope that it was opened in; null where none was running. */
  readonly scope: ResourceScope | null
  /** Whether it keeps the event loop alive; null where Node does not say. */
  readonly ref: boolean | null
  /** Milliseconds since the Unix epoch. For a socket from a pool: of the request that holds it, or held it last. */
  readonly openedAtMs: number
  /** When the garbage collector was seen to have closed it, in milliseconds since the epoch; null while it is open. */
  readonly collectedAtMs: number | null
  /** Whether a timer fires again and again; null for what is no timer. */
  readonly recurring: boolean | null
  /** The pool in which it lies idle at this instant. */
  readonly pool: Pool | null
  /** Null for what waits for nothing, and for what is neither socket, session, child nor file. */
  readonly waitsFor: Wait | null
  /** Whether it was counted, before stacks were captured or since its own was skipped: none says who opened it. */
  readonly isCounted: boolean
  /** Index into the snapshot's `sites`, -1 where no stack was captured. */
  readonly site: number
  /** How it was reached, nearest first: an accepted socket names its server, what came from another process its channel; more of it is known where it is asked for. */
  readonly chain: readonly Link[]
}

type Given = Pick<Resource, 'kind' | 'type' | 'key' | 'openedAtMs' | 'site'> & { readonly [name in keyof Resource]?: Resource[name] | undefined }

/**
 * A resource of which this is known: all else is null, or not so. Each field is named, here and by who calls: of an object that is spread into another one V8 makes a
 * copy that takes a hundred times as long (20), and a look describes whatever is open.
 */
export function describedResource({
  kind, type, key, asyncId = null, triggerAsyncId = null, fd = null, target = null, name = null, scope = null, ref = null, openedAtMs, collectedAtMs = null,
  recurring = null, pool = null, waitsFor = null, isCounted = false, site, chain = [],
}: Given): Resource {
  return { kind, type, key, asyncId, triggerAsyncId, fd, target, name, scope, ref, openedAtMs, collectedAtMs, recurring, pool, waitsFor, isCounted, site, chain }
}

/** The scope that something was opened in. */
export interface ResourceScope {
  /** Names from the outermost on, joined by ` > `. */
  readonly name: string
  /** Ids from the outermost on. */
  readonly ids: readonly number[]
  /** The innermost of them that is judged for itself alone, as a test is; null where none is. */
  readonly judged: number | null
  /** Whether the scope was closed by then. */
  readonly isAfter: boolean
}

/** The target of a channel to another process, and the name of the link from it to what came over it. */
export const channelName = 'IPC channel'

export interface Link {
  readonly type: string
  readonly asyncId: number
  /** What a request asked for; null where that is not known. */
  readonly name: string | null
  /** Index into the snapshot's `sites`, -1 where unknown. */
  readonly site: number
}
