import { readFileSync } from '../taps/untapped.ts'
import { linkOf } from './kernel.ts'

// `CLOSE_WAIT` of <linux/tcp_states.h>: the other side has closed, this one has not.
const closeWait = '08'

let known: ReadonlySet<string> | null = null

/**
 * Reads which TCP connections the other side has closed, by the kernel's list (Linux; none elsewhere). The question is for a thread that is ending, in
 * which nothing will read the end of a stream any more; it is asked before the listeners of `exit`, of which one may end the other side.
 */
export function noteEndedByPeers(): void {
  known ??= new Set([...endedIn('/proc/self/net/tcp'), ...endedIn('/proc/self/net/tcp6')])
}

/** Whether the other side of a TCP connection had closed it by then. */
export function isEndedByPeer(fd: number): boolean {
  noteEndedByPeers()
  return known!.size > 0 && known!.has(linkOf(fd) ?? '')
}

// Fields: sl local_address rem_address st queues tr:tm->when retrnsmt uid timeout inode, behind a line of titles.
function endedIn(list: string): string[] {
  try {
    const rows = readFileSync(list, 'latin1').split('\n').map(row => row.trim().split(/\s+/))
    return rows.filter(([, , , state]) => state === closeWait).map(fields => `socket:[${fields[9]}]`)
  } catch {
    return []
  }
}
