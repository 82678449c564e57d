import { basename } from 'node:path'
import { entriesOf, heldAgainst } from '../analyze/compare/baseline.ts'
import type { Report } from '../model/report.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { report } from '../session/reports/reporting.ts'
import { type Given, misused } from './line/args.ts'
import { isSnapshot, readSaved, type Saved, whole } from './saved.ts'
import { mannerOf, policyHere, reportOf, tellAll } from './telling.ts'

// What the two clocks of a process, of which one may be set, part by.
const sameStartMs = 10_000

/**
 * Tells what the second of two saved files has and the first has not: by resource for two snapshots of one thread, else by fingerprint, which is the
 * same in any process.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_CONFIG`
 */
export function diff(given: Given): number {
  const [before, after, ...more] = given.words
  if (before === undefined || after === undefined || more.length > 0) throw misused(`leakwatch diff wants two files, BEFORE and AFTER, but was given ${given.words.length}.`)
  if (before === '-' && after === '-') throw misused('leakwatch diff can read one of its two files from standard input, but was given - for both.')
  const manner = mannerOf(given)
  return whole([before, after], () => tellAll([between(readSaved(before), readSaved(after), before === '-' ? 'the first' : basename(before))], manner))
}

function between(before: Saved, after: Saved, file: string): Report {
  if (isSnapshot(before) && isSnapshot(after) && isSameThread(before, after)) {
    if (before.takenAtMs > after.takenAtMs) throw misused(`leakwatch diff wants the earlier snapshot first, but ${file} was taken after the other one.`)
    return report(after, { since: before, reason: 'api', policy: policyHere() })
  }
  return against(reportOf(before), reportOf(after), file)
}

// By its number alone a process is not known: in a container each has the same.
function isSameThread(before: Snapshot, after: Snapshot): boolean {
  const { process: one } = before
  const { process: other } = after
  return one.pid === other.pid && one.threadId === other.threadId && Math.abs(startOf(before) - startOf(after)) < sameStartMs
}

function startOf({ takenAtMs, process: { uptimeMs } }: Snapshot): number {
  return takenAtMs - uptimeMs
}

// The first stands for a baseline, and the second is all there is to see of a run.
function against(before: Report, after: Report, file: string): Report {
  const entries = entriesOf(before, before.process.cwd).map(entry => ({ ...entry, reason: `It leaks in ${file}, too.` }))
  return heldAgainst(after, {
    entries, file, directory: after.process.cwd, isReport: true, isProcess: true, over: after.complete ? [''] : [],
    types: new Set([...entries.map(({ type }) => type), 'tracked']), ended: new Set(), met: new Set(), earlier: new Map(),
  })
}
