import type { Kind } from './resource.ts'

/**
 * What a survivor is judged to be: `active` nobody is about to close it; `collected` the garbage collector closed it;
 * `pending` a request in flight; `pooled` an idle socket kept for the next request; `closing` close() was called and
 * the loop has not turned.
 */
export type Verdict = 'active' | 'collected' | 'pending' | 'pooled' | 'closing'

/** Those that reports have: what is closing is not listed. */
export type ReportedVerdict = Exclude<Verdict, 'closing'>

/** What a hint is given for: resources of a type that were given a verdict. */
export interface Advised {
  readonly type: string
  readonly verdict: ReportedVerdict
  /** `async` by default. */
  readonly kind?: Kind
  /** Whether a server accepted them; false by default. */
  readonly isAccepted?: boolean
  /** `name@version` of the package that opened them; null, the default, for the application itself. */
  readonly package?: string | null
}

export function isLeak(verdict: Verdict): boolean {
  return verdict === 'active' || verdict === 'collected'
}
