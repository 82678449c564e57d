import { grouped } from '../model/grouped.ts'
import type { AliveGroup } from '../model/report.ts'
import type { Resource } from '../model/resource.ts'
import { factsOf, inFlight } from '../model/type-table.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { acceptedBy, originOf } from './blame.ts'

const streamTypes = ['TTYWRAP', 'PIPEWRAP', 'TCPWRAP']
const standardNames = ['standard input', 'standard output', 'standard error']

/**
 * What keeps the event loop alive: recorded resources by the line that opened them, then what Node counts beyond them. A type
 * that is not recorded has no line, and standard input is nobody's leak, but either may be why a process does not end.
 */
export function aliveIn(snapshot: Snapshot): readonly AliveGroup[] {
  const holding = snapshot.resources.filter(keepsAlive)
  const alike = grouped(holding, resource => `${resource.type} ${originOf(resource, snapshot)} ${isAccepted(resource, snapshot)}`)
  const recorded = [...alike.values()].map(([first, ...others]) => ({
    type: first!.type, count: 1 + others.length, name: first!.target, site: snapshot.sites[originOf(first!, snapshot)] ?? null,
    isAccepted: isAccepted(first!, snapshot),
  }))
  return [...recorded.toSorted((a, b) => b.count - a.count), ...beyond(snapshot, [...holding, ...snapshot.closing])]
}

function isAccepted(resource: Resource, snapshot: Snapshot): boolean {
  return acceptedBy(resource)?.site === originOf(resource, snapshot)
}

function keepsAlive({ collectedAtMs, ref, type }: Resource): boolean {
  const nature = factsOf(type)?.nature
  if (collectedAtMs !== null || nature === undefined) return false
  if (nature === 'thread') return ref !== false
  // An exchange does so by its socket alone, a request or job by what libuv has in hand for it.
  return ref === true || (nature !== 'exchange' && inFlight.has(nature))
}

function beyond({ alive }: Snapshot, holding: readonly Resource[]): readonly AliveGroup[] {
  const rest = new Map(alive.active.map(({ type, count }) => [type, count]))
  const counted = holding.map(({ type }) => countedAs(type)).toSorted((a, b) => a.length - b.length)
  for (const types of counted) takeOne(rest, types)
  const standard: AliveGroup[] = []
  for (const { fd, isReading } of alive.standard) {
    const type = takeOne(rest, streamTypes)
    if (type !== undefined && isReading) standard.push({ type, count: 1, name: standardNames[fd] ?? null, site: null, isAccepted: false })
  }
  const others = [...rest].filter(([, count]) => count > 0).map(([type, count]) => ({ type, count, name: null, site: null, isAccepted: false }))
  return [...standard, ...others]
}

// Of the first of the types that any are left of.
function takeOne(rest: Map<string, number>, types: readonly string[]): string | undefined {
  const type = types.find(name => (rest.get(name) ?? 0) > 0)
  if (type !== undefined) rest.set(type, rest.get(type)! - 1)
  return type
}

// Node counts a server on a path among the pipes, calls each connecting by one name, and knows nothing of TLS but the socket beneath.
function countedAs(type: string): readonly string[] {
  if (type === 'TLSWRAP') return ['TCPWRAP', 'PIPEWRAP']
  return [type === 'PIPESERVERWRAP' ? 'PIPEWRAP' : type === 'PIPECONNECTWRAP' ? 'TCPCONNECTWRAP' : type]
}
