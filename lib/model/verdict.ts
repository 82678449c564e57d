/**
 * What a survivor is judged to be: `active` nobody is about to close it; `collected` the garbage collector closed it;
 * `pending` a request in flight; `pooled` an idle socket kept for the next request; `closing` close() was called and
 * the loop has not turned.
 */
export type Verdict = 'active' | 'collected' | 'pending' | 'pooled' | 'closing'

/** Those that reports have: what is closing is not listed. */
export type ReportedVerdict = Exclude<Verdict, 'closing'>

export function isLeak(verdict: Verdict): boolean {
  return verdict === 'active' || verdict === 'collected'
}
