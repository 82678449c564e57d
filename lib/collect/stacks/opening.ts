import type { RawStack } from './stack.ts'

/** Stands in the place of a stack that was not captured, to stay within the budget. */
export const skipped = -2

/** What was captured at an opening. */
export interface Opening {
  /** Still raw, or interned to a site; -1 where nothing was captured or it was dropped unread, `skipped`. */
  stack: RawStack | number
  /** What it belongs to, instead of a stack of its own. */
  readonly parent?: Opening | null
  /** Whole milliseconds since the recorder started. */
  readonly openedAfterMs?: number
  /** What an async resource is. */
  readonly facts?: { readonly type: string }
}

/** The type of what was opened: `fd` for a descriptor, which none announces. */
export function typeOf({ facts }: Opening): string {
  return facts === undefined ? 'fd' : facts.type
}
