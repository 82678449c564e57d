import type { Snapshot } from '../../model/snapshot.ts'

/** The snapshot with nothing but what was opened in a scope, or in one within it. Misuses and the kernel know no scopes. */
export function scopedTo(snapshot: Snapshot, id: number): Snapshot {
  const belongs = ({ scope }: Snapshot['resources'][number]) => scope !== null && scope.ids.includes(id)
  return { ...snapshot, resources: snapshot.resources.filter(belongs), closing: snapshot.closing.filter(belongs), misuses: [], kernel: null }
}

/** The snapshot without what was opened in any of some scopes. */
export function outsideOf(snapshot: Snapshot, ids: ReadonlySet<number>): Snapshot {
  if (ids.size === 0) return snapshot
  return { ...snapshot, resources: snapshot.resources.filter(({ scope }) => scope === null || !scope.ids.some(id => ids.has(id))) }
}

/** A scope, and those that it lies in. */
interface Nested {
  readonly id: number
  readonly around: Nested | null
}

/** The snapshot without what belongs to somebody who is judged for itself alone, but for one scope and those around it. */
export function withoutBeside(snapshot: Snapshot, own: Nested): Snapshot {
  const mine = new Set<number>()
  for (let scope: Nested | null = own; scope !== null; scope = scope.around) mine.add(scope.id)
  const belongs = ({ scope }: Snapshot['resources'][number]) => scope === null || scope.judged === null || mine.has(scope.judged) || scope.ids.includes(own.id)
  return { ...snapshot, resources: snapshot.resources.filter(belongs), closing: snapshot.closing.filter(belongs) }
}
