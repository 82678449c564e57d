import type { RawStack } from './stack.ts'

/** What was captured at an opening. */
export interface Opening {
  /** Still raw, or interned to a site; -1 where nothing was captured or it was dropped unread. */
  stack: RawStack | number
  /** What it belongs to, instead of a stack of its own. */
  readonly parent?: Opening | null
  /** What an async resource is. */
  readonly facts?: { readonly type: string }
}
