// model: the words and shapes every room shares. It imports nothing and computes nothing about a process.
// Flow: types -> what collect records -> Snapshot -> what analyze judges -> Report.

/** How a resource became known: announced by the AsyncHook, held as an integer descriptor, or declared by the user. */
export type Kind = 'async' | 'fd' | 'tracked'

/** A family of resource types that is switched on and off together. */
export type Group = 'fs' | 'requests' | 'net'

/**
 * What a type is while it lives: `open` is held until somebody closes it, `request` ends by itself when its
 * operation completes.
 */
export type Nature = 'open' | 'request'

export interface TypeFacts {
  /** The name Node announces it by; `fd` is ours, no async resource stands for it. */
  readonly type: string
  readonly group: Group
  readonly nature: Nature
}

const held = (group: Group, ...names: readonly string[]): TypeFacts[] =>
  names.map(type => ({ type, group, nature: 'open' }))

const requests = (...names: readonly string[]): TypeFacts[] =>
  names.map(type => ({ type, group: 'requests', nature: 'request' }))

/** Every type that is recorded, by its name. */
export const types: ReadonlyMap<string, TypeFacts> = new Map([
  ...held('fs', 'fd', 'FILEHANDLE', 'DIRHANDLE'),
  ...held('net', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP', 'PIPESERVERWRAP', 'UDPWRAP', 'TLSWRAP'),
  ...requests('FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ', 'TCPCONNECTWRAP', 'PIPECONNECTWRAP'),
  ...requests('GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'SHUTDOWNWRAP', 'WRITEWRAP', 'UDPSENDWRAP'),
].map(facts => [facts.type, facts]))

export const groups: readonly Group[] = ['fs', 'requests', 'net']

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
