import type { Kind } from './resource.ts'
import type { Site } from './site.ts'

/**
 * What was done that nobody can have meant:
 * - `ERR_LEAKWATCH_CLOSED_TWICE`: it was closed although it was closed already;
 * - `ERR_LEAKWATCH_CHILDREN_OPEN`: it was closed while children of it were open, which are `children`;
 * - `ERR_LEAKWATCH_PARENT_CLOSED`: a child was opened under it although it was closed;
 * - `ERR_LEAKWATCH_TRACKER_CLOSED`: a tag was opened on a tracker that was closed;
 * - `ERR_LEAKWATCH_FOREIGN_CLOSE`: it was closed by its number although a FileHandle, socket or server owns that;
 * - `ERR_LEAKWATCH_USED_AFTER_CLOSE`: a descriptor was read, written or asked after it was closed.
 */
export type MisuseCode =
  | 'ERR_LEAKWATCH_CLOSED_TWICE'
  | 'ERR_LEAKWATCH_CHILDREN_OPEN'
  | 'ERR_LEAKWATCH_PARENT_CLOSED'
  | 'ERR_LEAKWATCH_TRACKER_CLOSED'
  | 'ERR_LEAKWATCH_FOREIGN_CLOSE'
  | 'ERR_LEAKWATCH_USED_AFTER_CLOSE'

/**
 * A misuse of something that is opened and closed, as a snapshot records it: plain data, JSON-safe. One that happens again
 * at the same sites is counted, not recorded again. It is no leak: what was left open by it is reported for itself.
 */
export interface Misuse {
  readonly code: MisuseCode
  /** Tells it from every other one of its thread, also across snapshots, between which its `count` alone grows. */
  readonly key: string
  readonly kind: Kind
  /** Of what was misused: the type of a resource or descriptor, the kind that a tag was given, `Tracker`. */
  readonly type: string
  /** Of the first that it happened to. */
  readonly name: string | null
  /** Of the first that it happened to. */
  readonly fd: number | null
  /** How often it happened. */
  readonly count: number
  /** Milliseconds since the Unix epoch. */
  readonly firstAtMs: number
  /** False where one side was not seen: what is said is then possible, not certain. */
  readonly isCertain: boolean
  /** Indices into the snapshot's `sites`, -1 where no stack was captured. */
  readonly sites: {
    /** Where it was opened. */
    readonly opened: number
    /** Where it was closed; the first time, where it was closed twice. */
    readonly closed: number
    /** Where the misuse happened, unless that is `closed`: the second close, the opening of a child, the use. */
    readonly second: number
  }
  /** What the number of a descriptor was before: where it was opened and closed then; null where that was not seen. */
  readonly earlier: { readonly opened: number, readonly closed: number } | null
  /** The children that were open, by type and site, in the order in which they were first seen. */
  readonly children: readonly { readonly type: string, readonly count: number, readonly site: number }[]
}

/** A misuse in a report: the sites spelled out, null where no stack was captured. */
export interface ReportedMisuse {
  readonly code: MisuseCode
  readonly kind: Kind
  readonly type: string
  readonly name: string | null
  readonly fd: number | null
  readonly count: number
  /** ISO 8601. */
  readonly firstAt: string
  readonly isCertain: boolean
  /** The sentence that says what happened. */
  readonly reason: string
  /** What to do about it. */
  readonly hint: string
  readonly sites: { readonly opened: Site | null, readonly closed: Site | null, readonly second: Site | null }
  readonly earlier: { readonly opened: Site | null, readonly closed: Site | null } | null
  readonly children: readonly { readonly type: string, readonly count: number, readonly site: Site | null }[]
}
