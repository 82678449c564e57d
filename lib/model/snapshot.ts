import { isoTime, nowMs } from './clock.ts'
import type { Misuse } from './misuse.ts'
import type { Resource } from './resource.ts'
import type { Site } from './site.ts'
import { textOf } from './text/thrown.ts'

export const snapshotSchema = 'leakwatch-snapshot/1'

/** The process and thread that were observed. */
export interface ProcessFacts {
  readonly pid: number
  readonly ppid: number
  /** 0 in the main thread. */
  readonly threadId: number
  /** As `process.version`. */
  readonly node: string
  readonly platform: string
  readonly argv: readonly string[]
  readonly cwd: string
  readonly uptimeMs: number
}

/** What the kernel says of the process's descriptors; null where it can't be asked. */
export interface KernelFacts {
  /** Descriptors open in the process, ours left out. */
  readonly open: number
  /** The soft limit on open descriptors. */
  readonly limit: number | null
  /** Standard streams, what was inherited, and what Node opened for itself. */
  readonly runtime: number
  /** Descriptors that a recorded resource holds. */
  readonly accounted: number
  /** The rest, each with what it leads to. */
  readonly unexplained: readonly { readonly fd: number, readonly target: string | null }[]
}

/** What was closed while it was recorded. */
export interface Endings {
  /** False where so much was closed that a sample stands for it. */
  readonly isExact: boolean
  readonly bySite: readonly {
    readonly type: string
    /** Where they were opened: an index into the snapshot's `sites`, as are those of the closers; -1 where unknown. */
    readonly site: number
    readonly closed: number
    readonly closers: readonly { readonly site: number, readonly count: number }[]
  }[]
}

/** What Node itself says of what keeps the event loop alive. */
export interface AliveFacts {
  /** By type, as it is announced; threads and crypto jobs are not among them. */
  readonly active: readonly { readonly type: string, readonly count: number }[]
  /** Those of them that are handles of standard streams; what is not being read keeps nothing alive. */
  readonly standard: readonly { readonly fd: number, readonly isReading: boolean }[]
}

/** Our own failure: where it happened and what it said. */
export interface Fault {
  readonly where: string
  readonly message: string
}

export function faultOf(where: string, error: unknown): Fault {
  return { where, message: textOf(error) }
}

/** The frozen live set of one thread at one instant. */
export interface Snapshot {
  readonly schema: typeof snapshotSchema
  /** ISO 8601. */
  readonly takenAt: string
  readonly takenAtMs: number
  readonly process: ProcessFacts
  /** `count` records no stacks, `adaptive` but some where `sampled` says so. */
  readonly mode: 'count' | 'adaptive' | 'full'
  /** False once a fault stopped the recording. */
  readonly complete: boolean
  readonly faults: readonly Fault[]
  /** Resources that were not recorded because a capacity was reached. */
  readonly dropped: number
  /** Stacks that were captured, and that were skipped to stay within a budget. */
  readonly sampled: { readonly captured: number, readonly skipped: number }
  readonly sites: readonly Site[]
  /** Root directories of the packages that frames lie in, as far as they are known. */
  readonly roots: readonly string[]
  /** What those packages are called by their package.json, by root directory, as far as they are called anything. */
  readonly names?: Readonly<Record<string, string>>
  /** What is open or was closed by the garbage collector. */
  readonly resources: readonly Resource[]
  /** What somebody is closing: `close()` was called, the loop has not turned. */
  readonly closing: readonly Resource[]
  /** What was closed, or opened under what was closed, as nobody can have meant it. */
  readonly misuses: readonly Misuse[]
  readonly endings: Endings
  readonly alive: AliveFacts
  readonly kernel: KernelFacts | null
}

export const nothingEnded: Endings = { isExact: true, bySite: [] }

/** A snapshot of nothing: nothing is recorded, or nothing was opened yet. */
export function snapshotOfNothing(process: ProcessFacts): Snapshot {
  const takenAtMs = nowMs()
  return {
    schema: snapshotSchema, takenAt: isoTime(takenAtMs), takenAtMs, process,
    mode: 'count', complete: true, faults: [], dropped: 0, sampled: { captured: 0, skipped: 0 }, sites: [], roots: [],
    resources: [], closing: [], misuses: [], alive: { active: [], standard: [] }, endings: nothingEnded, kernel: null,
  }
}
