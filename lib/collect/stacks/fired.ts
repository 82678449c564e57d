import { executionAsyncId } from 'node:async_hooks'
import type { Entry, Table } from '../table.ts'
import type { PendingStacks } from './pending.ts'
import type { Sites } from './sites.ts'

interface Recorded {
  readonly table: Table
  readonly sites: Sites
  readonly pending: PendingStacks | null
}

/**
 * A package that sets its timer anew each time it fires (the intervals of jsdom) goes on with the one that the program asked for: no
 * stack but the first has that line, so the others of the same line of the package take it over.
 */
export function originOfFired(timer: Entry, { table, sites, pending }: Recorded): void {
  const fired = table.get(executionAsyncId())
  if (pending === null || fired?.facts.nature !== 'timer') return
  const own = pending.intern(timer)
  const first = pending.intern(fired)
  if (!sites.hasApp(own) && sites.hasApp(first) && sites.shareLine(own, first)) timer.stack = first
}
