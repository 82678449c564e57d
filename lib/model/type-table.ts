import type { Group, Kind, Nature } from './resource.ts'

/** Natures of what somebody waits for, and which ends by itself. */
export const inFlight: ReadonlySet<Nature> = new Set(['request', 'job', 'exchange'])

export interface TypeFacts {
  /** The name Node announces it by; `fd` and `tracked` are ours, no async resource stands for them. */
  readonly type: string
  readonly group: Group
  readonly nature: Nature
  /**
   * Whether it ends at its first callback: a thread calls back once, when it has ended; a reader of a Blob with each part, and is memory
   * alone from the first one on.
   */
  readonly endsAtBefore: boolean
}

// The table and what reads it call no method: it is read once the program runs, which may have replaced those of Map and Array.
const table: Record<string, TypeFacts> = { __proto__: null! }

/** The name of every type that is known. */
export const knownTypes: string[] = []

add('fs', 'descriptor', 'fd')
add('fs', 'file', 'FILEHANDLE', 'DIRHANDLE')
add('net', 'handle', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP')
add('net', 'session', 'TLSWRAP')
add('requests', 'request', 'FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ', 'TCPCONNECTWRAP')
add('requests', 'request', 'PIPECONNECTWRAP', 'GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'SHUTDOWNWRAP')
add('requests', 'request', 'WRITEWRAP', 'UDPSENDWRAP')
add('process', 'handle', 'PROCESSWRAP')
add('process', 'thread', 'WORKER')
add('process', 'port', 'MESSAGEPORT')
add('watch', 'handle', 'FSEVENTWRAP', 'STATWATCHER')
add('timers', 'timer', 'Timeout', 'Immediate')
add('http', 'exchange', 'HTTPCLIENTREQUEST', 'HTTPINCOMINGMESSAGE', 'HTTP2STREAM')
add('http', 'owned', 'HTTP2SESSION')
add('http', 'request', 'HTTP2PING', 'HTTP2SETTINGS')
// Most signal handlers are meant for as long as the process lasts: they are recorded where they are asked for.
add('other', 'handle', 'SIGNALWRAP', 'TTYWRAP', 'SIGINTWATCHDOG')
add('other', 'request', 'QUERYWRAP', 'WORKERCPUPROFILE', 'WORKERCPUUSAGE', 'WORKERHEAPPROFILE', 'WORKERHEAPSNAPSHOT')
add('other', 'request', 'WORKERHEAPSTATISTICS')
add('other', 'job', 'ARGON2REQUEST', 'CHECKPRIMEREQUEST', 'CIPHERREQUEST', 'DERIVEBITSREQUEST', 'HASHREQUEST')
add('other', 'job', 'KEYEXPORTREQUEST', 'KEYGENREQUEST', 'KEYPAIRGENREQUEST', 'PBKDF2REQUEST', 'RANDOMBYTESREQUEST')
add('other', 'job', 'RANDOMPRIMEREQUEST', 'SCRYPTREQUEST', 'SIGNREQUEST', 'VERIFYREQUEST')
add('other', 'object', 'BLOBREADER', 'DNSCHANNEL', 'ELDHISTOGRAM', 'HEAPSNAPSHOT', 'JSSTREAM', 'JSUDPWRAP', 'LOCKS', 'STREAMPIPE', 'ZLIB')
add('tracked', 'tag', 'tracked')

function add(group: Group, nature: Nature, ...names: readonly string[]): void {
  for (let index = 0; index < names.length; index++) {
    const type = names[index]!
    table[type] = { type, group, nature, endsAtBefore: isOverAtBefore(nature, type) }
    knownTypes[knownTypes.length] = type
  }
}

function isOverAtBefore(nature: Nature, type: string): boolean {
  return nature === 'request' || nature === 'job' || nature === 'thread' || type === 'BLOBREADER'
}

/** What is known of a type; undefined for one that is not, which is recorded as `unmet` describes it when `other` is asked for. */
export function factsOf(type: string): TypeFacts | undefined {
  return table[type]
}

/** What a type is that leakwatch has not met: Node's of a later day, or a native addon's. */
export function unmet(type: string): TypeFacts {
  return { type, group: 'other', nature: 'object', endsAtBefore: false }
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
  return wanted.has(type) || (wanted.has(anyUnmet) && factsOf(type) === undefined)
}

export const groups: readonly Group[] = ['fs', 'requests', 'net', 'process', 'watch', 'timers', 'http', 'other', 'tracked']

/** The types of groups. */
export function typesOf(wanted: readonly Group[]): readonly string[] {
  const chosen: string[] = []
  for (let index = 0; index < knownTypes.length; index++) if (isOneOf(wanted, table[knownTypes[index]!]!.group)) chosen[chosen.length] = knownTypes[index]!
  if (isOneOf(wanted, 'other')) chosen[chosen.length] = anyUnmet
  return chosen
}

function isOneOf(wanted: readonly Group[], group: Group): boolean {
  for (let index = 0; index < wanted.length; index++) if (wanted[index] === group) return true
  return false
}
