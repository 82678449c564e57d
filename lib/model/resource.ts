// model: the words and shapes every room shares. It imports nothing and computes nothing about a process.
// Flow: types -> what collect records -> Snapshot -> what analyze judges -> Report.

/** How a resource became known: announced by the AsyncHook, held as an integer descriptor, or declared by the user. */
export type Kind = 'async' | 'fd' | 'tracked'

/** A family of resource types that is switched on and off together. */
export type Group = 'fs' | 'requests' | 'net' | 'process' | 'watch' | 'timers'

/**
 * What a type is while it lives. A `request` and a `thread` end by themselves when they complete; a `descriptor`, a
 * `handle` of libuv, a `file` object, a TLS `session`, a message `port` and a `timer` are held until somebody ends them.
 */
export type Nature = 'request' | 'thread' | 'descriptor' | 'handle' | 'file' | 'session' | 'port' | 'timer'

export interface TypeFacts {
  /** The name Node announces it by; `fd` is ours, no async resource stands for it. */
  readonly type: string
  readonly group: Group
  readonly nature: Nature
}

const all = (group: Group, nature: Nature, ...names: readonly string[]): TypeFacts[] =>
  names.map(type => ({ type, group, nature }))

/** Every type that is recorded, by its name. */
export const types: ReadonlyMap<string, TypeFacts> = new Map([
  ...all('fs', 'descriptor', 'fd'),
  ...all('fs', 'file', 'FILEHANDLE', 'DIRHANDLE'),
  ...all('net', 'handle', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP'),
  ...all('net', 'session', 'TLSWRAP'),
  ...all('requests', 'request', 'FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ', 'TCPCONNECTWRAP'),
  ...all('requests', 'request', 'PIPECONNECTWRAP', 'GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'SHUTDOWNWRAP'),
  ...all('requests', 'request', 'WRITEWRAP', 'UDPSENDWRAP'),
  ...all('process', 'handle', 'PROCESSWRAP', 'SIGNALWRAP'),
  ...all('process', 'thread', 'WORKER'),
  ...all('process', 'port', 'MESSAGEPORT'),
  ...all('watch', 'handle', 'FSEVENTWRAP', 'STATWATCHER'),
  ...all('timers', 'timer', 'Timeout', 'Immediate'),
].map(facts => [facts.type, facts]))

export const groups: readonly Group[] = ['fs', 'requests', 'net', 'process', 'watch', 'timers']

/** What is recorded unless something else is asked for. */
export const defaultGroups: readonly Group[] = ['fs', 'requests', 'net']

/** Where a socket that nobody uses at the moment is kept for the next request. */
export type Pool = 'http.Agent' | 'fetch'

/** One live resource as a snapshot records it: plain data, JSON-safe. */
export interface Resource {
  readonly kind: Kind
  readonly type: string
  /** Tells this resource from every other one of its thread, also across snapshots. */
  readonly key: string
  readonly asyncId: number | null
  readonly triggerAsyncId: number | null
  /** Number of the descriptor it holds, where one is known. */
  readonly fd: number | null
  /** What it leads to: a path, or `local -> remote` addresses of a socket. */
  readonly target: string | null
  readonly name: string | null
  readonly scope: string | null
  /** Whether it keeps the event loop alive; null where Node does not say. */
  readonly ref: boolean | null
  /** Milliseconds since the Unix epoch. */
  readonly openedAtMs: number
  /** When the garbage collector was seen to have closed it, in milliseconds since the epoch; null while it is open. */
  readonly collectedAtMs: number | null
  /** Whether a timer fires again and again; null for what is no timer. */
  readonly recurring: boolean | null
  /** The pool in which it lies idle at this instant. */
  readonly pool: Pool | null
  /** Index into the snapshot's `sites`, -1 where no stack was captured. */
  readonly site: number
  /** How it was reached, nearest first: an accepted socket names its server. */
  readonly chain: readonly Link[]
}

export interface Link {
  readonly type: string
  readonly asyncId: number
  /** Index into the snapshot's `sites`, -1 where unknown. */
  readonly site: number
}
