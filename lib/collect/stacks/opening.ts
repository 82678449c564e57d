import type { RawStack } from './stack.ts'

/** What was captured at an opening. */
export interface Opening {
  /** Still raw, or interned to a site; -1 where nothing was captured or it was dropped unread. */
  stack: RawStack | number
  /** In whose callbacks it happened, until the stack is interned; null where in none's. */
  callers: readonly Opening[] | null
  /** What it belongs to, instead of a stack of its own. */
  readonly parent?: Opening | null
}
