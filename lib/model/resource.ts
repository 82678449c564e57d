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

/** Natures of what somebody waits for, and which ends by itself. */
export const inFlight: ReadonlySet<Nature> = new Set(['request', 'job', 'exchange'])

export interface TypeFacts {
  /** The name Node announces it by; `fd` and `tracked` are ours, no async resource stands for them. */
  readonly type: string
  readonly group: Group
  readonly nature: Nature
}

const all = (group: Group, nature: Nature, ...names: readonly string[]): TypeFacts[] =>
  names.map(type => ({ type, group, nature }))

/** Every type that is known, by its name; others are recorded as `unmet` describes them, when `other` is asked for. */
export const types: ReadonlyMap<string, TypeFacts> = new Map([
  ...all('fs', 'descriptor', 'fd'),
  ...all('fs', 'file', 'FILEHANDLE', 'DIRHANDLE'),
  ...all('net', 'handle', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP'),
  ...all('net', 'session', 'TLSWRAP'),
  ...all('requests', 'request', 'FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ', 'TCPCONNECTWRAP'),
  ...all('requests', 'request', 'PIPECONNECTWRAP', 'GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'SHUTDOWNWRAP'),
  ...all('requests', 'request', 'WRITEWRAP', 'UDPSENDWRAP'),
  ...all('process', 'handle', 'PROCESSWRAP'),
  ...all('process', 'thread', 'WORKER'),
  ...all('process', 'port', 'MESSAGEPORT'),
  ...all('watch', 'handle', 'FSEVENTWRAP', 'STATWATCHER'),
  ...all('timers', 'timer', 'Timeout', 'Immediate'),
  ...all('http', 'exchange', 'HTTPCLIENTREQUEST', 'HTTPINCOMINGMESSAGE', 'HTTP2STREAM'),
  ...all('http', 'owned', 'HTTP2SESSION'),
  ...all('http', 'request', 'HTTP2PING', 'HTTP2SETTINGS'),
  // Most signal handlers are meant for as long as the process lasts: they are recorded where they are asked for.
  ...all('other', 'handle', 'SIGNALWRAP', 'TTYWRAP', 'SIGINTWATCHDOG'),
  ...all('other', 'request', 'QUERYWRAP', 'WORKERCPUPROFILE', 'WORKERCPUUSAGE', 'WORKERHEAPPROFILE', 'WORKERHEAPSNAPSHOT'),
  ...all('other', 'request', 'WORKERHEAPSTATISTICS'),
  ...all('other', 'job', 'ARGON2REQUEST', 'CHECKPRIMEREQUEST', 'CIPHERREQUEST', 'DERIVEBITSREQUEST', 'HASHREQUEST'),
  ...all('other', 'job', 'KEYEXPORTREQUEST', 'KEYGENREQUEST', 'KEYPAIRGENREQUEST', 'PBKDF2REQUEST', 'RANDOMBYTESREQUEST'),
  ...all('other', 'job', 'RANDOMPRIMEREQUEST', 'SCRYPTREQUEST', 'SIGNREQUEST', 'VERIFYREQUEST'),
  ...all('other', 'object', 'BLOBREADER', 'DNSCHANNEL', 'ELDHISTOGRAM', 'HEAPSNAPSHOT', 'JSSTREAM', 'JSUDPWRAP', 'LOCKS', 'STREAMPIPE', 'ZLIB'),
  ...all('tracked', 'tag', 'tracked'),
].map(facts => [facts.type, facts]))

/** What a type is that leakwatch has not met: Node's of a later day, or a native addon's. */
export function unmet(type: string): TypeFacts {
  return { type, group: 'other', nature: 'object' }
}

/** The type by which a resource is known to the model: a tag by `tracked`, whatever kind its user gave it. */
export function knownType({ kind, type }: { readonly kind: Kind, readonly type: string }): string {
  return kind === 'tracked' ? kind : type
}

/** Whether what has such a type accepts connections. */
export function isServerType(type: string): boolean {
  return type === 'TCPSERVERWRAP' || type === 'PIPESERVERWRAP'
}

/** Stands for every unmet type among those that are wanted. */
export const anyUnmet = '*'

/** Whether a type is among those that are wanted. */
export function isWanted(wanted: ReadonlySet<string>, type: string): boolean {
  return wanted.has(type) || (wanted.has(anyUnmet) && !types.has(type))
}

/** Whether a descriptor is that of standard input, output or error. */
export function isStandard(fd: number | null): boolean {
  return fd !== null && fd <= lastStandard
}

const lastStandard = 2

export const groups: readonly Group[] = ['fs', 'requests', 'net', 'process', 'watch', 'timers', 'http', 'other', 'tracked']

/** The types of groups. */
export function typesOf(wanted: readonly Group[]): ReadonlySet<string> {
  const chosen = new Set<string>()
  for (const [type, { group }] of types) if (wanted.includes(group)) chosen.add(type)
  if (wanted.includes('other')) chosen.add(anyUnmet)
  return chosen
}

/** What is recorded unless something else is asked for. */
export const defaultGroups: readonly Group[] = ['fs', 'requests', 'net', 'process', 'watch', 'tracked']

/** Where a socket that nobody uses at the moment is kept for the next request; an Agent that is not global is the program's. */
export type Pool = 'http.globalAgent' | 'https.globalAgent' | 'http.Agent' | 'https.Agent' | 'fetch' | 'undici'

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
  /** How it was reached, nearest first: an accepted socket names its server; more of it is known where it is asked for. */
  readonly chain: readonly Link[]
}

/** The scope that something was opened in. */
export interface ResourceScope {
  /** Names from the outermost on, joined by ` > `. */
  readonly name: string
  /** Ids from the outermost on. */
  readonly ids: readonly number[]
  /** Whether the scope was closed by then. */
  readonly isAfter: boolean
}

export interface Link {
  readonly type: string
  readonly asyncId: number
  /** What a request asked for; null where that is not known. */
  readonly name: string | null
  /** Index into the snapshot's `sites`, -1 where unknown. */
  readonly site: number
}
