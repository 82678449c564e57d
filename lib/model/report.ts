import type { ReportedMisuse } from './misuse.ts'
import type { Matcher } from './matcher.ts'
import type { Kind } from './resource.ts'
import type { Site } from './site.ts'
import type { Fault, KernelFacts, ProcessFacts } from './snapshot.ts'
import type { ReportedVerdict } from './verdict.ts'

export const reportSchema = 'leakwatch-report/1'

/** What made the report. */
export type ReportReason = 'exit' | 'signal' | 'api' | 'emfile' | 'threshold' | 'crash'

/** One resource of a group. */
export interface ReportedResource {
  readonly asyncId: number | null
  readonly triggerAsyncId: number | null
  readonly fd: number | null
  readonly target: string | null
  readonly name: string | null
  readonly scope: string | null
  /** Whether it was opened after its scope had closed. */
  readonly isAfterScope: boolean
  readonly ref: boolean | null
  /** ISO 8601. */
  readonly openedAt: string
  readonly ageMs: number
}

/** One step of the way by which a resource was reached. */
export interface ReportedLink {
  readonly type: string
  readonly asyncId: number
  readonly name: string | null
  readonly site: Site
}

/** Of all that one line opened: how much was closed and where, and how much is still open. */
export interface Contrast {
  readonly opened: number
  readonly closed: number
  readonly open: number
  /** False where a sample stands for what was closed. */
  readonly isExact: boolean
  /** By closing line, the commonest first; `site` is null where no stack was recorded. */
  readonly closers: readonly { readonly count: number, readonly site: Site | null }[]
}

/** Resources of one type and verdict that were opened by the same init stack. */
export interface ReportGroup {
  /** The same across runs, machines and unrelated edits. */
  readonly fingerprint: string
  readonly kind: Kind
  readonly type: string
  readonly verdict: ReportedVerdict
  /** The sentence that justifies the verdict. */
  readonly reason: string
  readonly count: number
  /** What to do about it. */
  readonly hint: string
  readonly site: Site
  /** What became of others of the type that the same line opened; null where none of them was closed. */
  readonly contrast: Contrast | null
  readonly chain: readonly ReportedLink[]
  readonly resources: readonly ReportedResource[]
}

export interface ReportedMatcher {
  readonly list: 'ignored' | 'known'
  readonly matcher: Matcher
  readonly used: number
}

/**
 * How a leak stands to the baseline: `new` is not in it, `known` is borne, `grown` are more than it bears, `expired` was borne
 * until a day that is over, `fixed` is in it and was not found.
 */
export type BaselineState = 'new' | 'known' | 'grown' | 'fixed' | 'expired'

/** One fingerprint, of the baseline or of what was found. */
export interface ReportedEntry {
  readonly state: BaselineState
  readonly fingerprint: string
  readonly type: string
  /** The opening line without its number: file and function. */
  readonly site: string
  /** How many were found. */
  readonly count: number
  /** How many the baseline bears. */
  readonly borne: number
  /** Why; null for what is new. */
  readonly reason: string | null
  /** The day on which it came into the baseline, `2026-03-01`. */
  readonly firstSeen: string | null
  /** The last day on which it is borne. */
  readonly until: string | null
}

export interface ReportedBaseline {
  readonly file: string
  readonly entries: readonly ReportedEntry[]
  /** Whether the file was brought up to date with it: the entries say how it was before. */
  readonly isUpdated: boolean
  /** Where the file is an earlier report, that this one is compared with. */
  readonly isReport?: true
}

/** What keeps the event loop alive, by type and opening stack. */
export interface AliveGroup {
  readonly type: string
  readonly count: number
  /** What it leads to, or `standard input`. */
  readonly name: string | null
  /** Null where it is not recorded. */
  readonly site: Site | null
  /** Whether a server accepted it: the site is the server's. */
  readonly isAccepted: boolean
}

/** What was found, as plain data: `leakwatch-report/1`. */
export interface Report {
  readonly schema: typeof reportSchema
  readonly reason: ReportReason
  /** ISO 8601. */
  readonly generatedAt: string
  readonly process: ProcessFacts
  /** False when a fault stopped the recording: what follows is then only part of the truth. */
  readonly complete: boolean
  readonly faults: readonly Fault[]
  /** Resources that were not recorded because a capacity was reached. */
  readonly dropped: number
  readonly sampled: { readonly captured: number, readonly skipped: number }
  readonly leaks: readonly ReportGroup[]
  readonly pending: readonly ReportGroup[]
  readonly pooled: readonly ReportGroup[]
  readonly known: readonly ReportGroup[]
  /** The matchers that were given, each with how many resources it matched. */
  readonly matchers: readonly ReportedMatcher[]
  /** What keeps the event loop alive; empty in reports at the end of a process. */
  readonly alive: readonly AliveGroup[]
  /** What was closed, or opened under what was closed, as nobody can have meant it; no leaks. */
  readonly misuses: readonly ReportedMisuse[]
  /** What was found held against the leaks that are on file; null where no baseline is used. */
  readonly baseline: ReportedBaseline | null
  readonly kernel: KernelFacts | null
}
