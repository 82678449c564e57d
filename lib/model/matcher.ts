/**
 * What a matcher asks of a resource. All that is given has to hold; each is a whole text in which `*` stands for any text,
 * also none.
 */
export interface Matcher {
  /** As Node announces it (`TCPWRAP`), or `fd`, or the kind of a tag. */
  readonly type?: string
  /** What it leads to: a path, an address, a command. */
  readonly path?: string
  /** Package of the line that opened it: `name` or `name@version`. */
  readonly package?: string
  /** Name of a function on its init stack. */
  readonly function?: string
  /** A frame of its init stack, as file or file and line, relative to the working directory: `src/pool.js`, `src/pool.js:88`. */
  readonly frame?: string
  /** Why: shown in the report. */
  readonly reason?: string
}

/** A leak of somebody else's, with the reason for which it is borne. */
export interface KnownMatcher extends Matcher {
  readonly reason: string
}

/** By what a snapshot is judged, beyond what it records. */
export interface Policy {
  /** From which age on a request in flight is a leak, in milliseconds; null for never. */
  readonly pendingAfterMs: number | null
  readonly ignored: readonly Matcher[]
  readonly known: readonly KnownMatcher[]
  /** Whether it is a test that is over: what is in flight then, or lies in wait and keeps the process running, was left open. */
  readonly isTest: boolean
}

/** Where a watch has its policy, for entries that judge its snapshots: each has a copy of this module. */
export const policyOf: unique symbol = Symbol.for('leakwatch.policy')

export const plainPolicy: Policy = { pendingAfterMs: null, ignored: [], known: [], isTest: false }
