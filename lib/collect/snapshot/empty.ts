import { isoTime, nowMs } from '../../model/clock.ts'
import { type ProcessFacts, type Snapshot, snapshotSchema } from '../../model/snapshot.ts'
import { uptime } from '../taps/untapped.ts'
import { threads } from '../thread.ts'
import { firstDirectory } from './listing.ts'

export const nothingEnded: Snapshot['endings'] = { isExact: true, bySite: [] }

/** A snapshot of nothing: nothing is recorded, or nothing was opened yet. */
export function emptySnapshot(): Snapshot {
  const takenAtMs = nowMs()
  return {
    schema: snapshotSchema, takenAt: isoTime(takenAtMs), takenAtMs, process: processFacts(),
    mode: 'count', complete: true, faults: [], dropped: 0, sampled: { captured: 0, skipped: 0 }, sites: [], roots: [],
    resources: [], closing: [], misuses: [], alive: { active: [], standard: [] }, endings: nothingEnded, kernel: null,
  }
}

export function processFacts(): ProcessFacts {
  return {
    pid: process.pid, ppid: process.ppid, threadId: threads().threadId, node: process.version, platform: process.platform,
    argv: [...process.argv], cwd: firstDirectory ?? '/', uptimeMs: Math.round(uptime() * 1000),
  }
}
