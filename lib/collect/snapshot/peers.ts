import { Map, Set } from '../own-collections.ts'
import { readFileSync } from '../taps/untapped.ts'
import { linkOf } from './kernel.ts'

// `CLOSE_WAIT` of <linux/tcp_states.h>: the other side has closed, this one has not.
const closeWait = '08'

/** What the kernel knows of the other side of a TCP connection. */
export interface Peer {
  readonly hasEnded: boolean
  /** Bytes that it has sent and nobody has read. */
  readonly unread: number
}

let known: ReadonlyMap<string, Peer> | null = null

/**
 * Reads what the other sides of TCP connections have done, by the kernel's list (Linux; none elsewhere). The question is for a thread that is ending, in
 * which nothing will read the end of a stream any more; it is asked before the listeners of `exit`, of which one may end the other side.
 */
export function notePeers(): void {
  known ??= new Map([...peersIn('/proc/self/net/tcp'), ...peersIn('/proc/self/net/tcp6')])
}

/** The other side of a TCP connection, as it was by then; null where that is not known. */
export function peerOf(fd: number): Peer | null {
  notePeers()
  return known!.size > 0 ? known!.get(linkOf(fd) ?? '') ?? null : null
}

/** What the TCP sockets at a port of this system lead to, those that listen and those that were accepted there. */
export function socketsAt(port: number): ReadonlySet<string> {
  const rows = [...rowsIn('/proc/self/net/tcp'), ...rowsIn('/proc/self/net/tcp6')]
  return new Set(rows.filter(([, local]) => portOf(local!) === port).map(([, , , , , , , , , inode]) => `socket:[${inode}]`))
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.lastIndexOf(':') + 1), 16)
}

// The end counts as a byte.
function peersIn(list: string): (readonly [string, Peer])[] {
  return rowsIn(list).map(([, , , state, queues, , , , , inode]) => {
    const hasEnded = state === closeWait
    return [`socket:[${inode}]`, { hasEnded, unread: Number.parseInt(queues!.split(':')[1]!, 16) - (hasEnded ? 1 : 0) }]
  })
}

// Fields: sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode, behind a line of titles.
function rowsIn(list: string): readonly string[][] {
  try {
    return readFileSync(list, 'latin1').split('\n').slice(1, -1).map(row => row.trim().split(/\s+/))
  } catch {
    return []
  }
}
