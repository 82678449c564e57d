import { type ProcessFacts, type Snapshot, snapshotOfNothing } from '../../model/snapshot.ts'
import { uptime } from '../taps/untapped.ts'
import { threads } from '../thread.ts'
import { firstDirectory } from './listing.ts'

export function emptySnapshot(): Snapshot {
  return snapshotOfNothing(processFacts())
}

export function processFacts(): ProcessFacts {
  return {
    pid: process.pid, ppid: process.ppid, threadId: threads().threadId, node: process.version, platform: process.platform,
    argv: [...process.argv], cwd: firstDirectory ?? '/', uptimeMs: Math.round(uptime() * 1000),
  }
}
