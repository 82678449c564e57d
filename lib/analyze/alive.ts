import { grouped } from '../model/grouped.ts'
import type { AliveGroup } from '../model/report.ts'
import type { Resource } from '../model/resource.ts'
import { factsOf, inFlight } from '../model/type-table.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { originOf } from './blame.ts'

const streamTypes = ['TTYWRAP', 'PIPEWRAP', 'TCPWRAP']
const standardNames = ['standard input', 'standard output', 'standard error']

/**
 * What keeps the event loop alive: recorded resources by the line that opened them, then what Node counts beyond them. A type
 * that is not recorded has no line, and standard input is nobody's leak, but either may be why a process does not end.
 */
export function aliveIn(snapshot: Snapshot): readonly AliveGroup[] {
  const holding = snapshot.resources.filter(keepsAlive)
  const recorded = [...grouped(holding, resource => `${resource.type} ${originOf(resource, snapshot)}`).values()].map(some => ({
    type: some[0]!.type, count: some.length, name: some[0]!.target, site: snapshot.sites[originOf(some[0]!, snapshot)] ?? null,
  }))
  return [...recorded.toSorted((a, b) => b.count - a.count), ...beyond(snapshot, [...holding, ...snapshot.closing])]
}

function keepsAlive({ collectedAtMs, ref, type }: Resource): boolean {
  const nature = factsOf(type)?.nature
  if (collectedAtMs !== null || nature === undefined) return false
  if (nature === 'thread') return ref !== false
  // An exchange does so by its socket alone, a request or job by what libuv has in hand for it.
  return ref === true || (nature !== 'exchange' && inFlight.has(nature))
}

function beyond({ alive }: Snapshot, holding: readonly Resource[]): readonly AliveGroup[] {
  const rest = new Map(alive.active.map(({ type, count }) => [type, count - holding.filter(resource => countedAs(resource.type) === type).length]))
  const standard: AliveGroup[] = []
  for (const { fd, isReading } of alive.standard) {
    const type = streamTypes.find(name => (rest.get(name) ?? 0) > 0)
    if (type === undefined) continue
    rest.set(type, rest.get(type)! - 1)
    if (isReading) standard.push({ type, count: 1, name: standardNames[fd] ?? null, site: null })
  }
  const others = [...rest].filter(([, count]) => count > 0).map(([type, count]) => ({ type, count, name: null, site: null }))
  return [...standard, ...others]
}

// Node counts a server on a path among the pipes, and calls each connecting by one name.
function countedAs(type: string): string {
  return type === 'PIPESERVERWRAP' ? 'PIPEWRAP' : type === 'PIPECONNECTWRAP' ? 'TCPCONNECTWRAP' : type
}
