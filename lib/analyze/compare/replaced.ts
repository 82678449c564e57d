import { originOf } from '../blame.ts'
import type { Resource } from '../../model/resource.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { diff } from './diff.ts'

/**
 * What was opened in a scope, without what took the place of something that ran before: a connection that was made anew, a
 * timer that was set again. One is taken for the other when it is of the same type and was opened at the same line, or leads
 * to the same thing; each that is gone excuses one.
 */
export function withoutReplacements(before: Snapshot, after: Snapshot, opened: Snapshot): Snapshot {
  if (before.resources.length === 0 || opened.resources.length === 0) return opened
  // What lay idle in a pool makes no room for what is held: it may be that very socket.
  const vacant = new Set(diff(before, after).gone.filter(({ pool }) => pool === null))
  let left = opened.resources
  // What was opened at the line goes before what merely leads to the same thing, which may be a leak beside it.
  for (const placeOf of [lineOf, targetOf]) {
    const rooms = roomsBy(resource => placeOf(resource, before), vacant)
    left = left.filter(resource => {
      const room = rooms.get(placeOf(resource, after))?.pop()
      return room === undefined || !vacant.delete(room)
    })
  }
  return { ...opened, resources: left }
}

function roomsBy(placeOf: (resource: Resource) => string | null, vacant: ReadonlySet<Resource>): ReadonlyMap<string | null, Resource[]> {
  const rooms = new Map<string | null, Resource[]>()
  for (const resource of vacant) {
    const place = placeOf(resource)
    if (place === null) continue
    const beside = rooms.get(place)
    if (beside === undefined) rooms.set(place, [resource])
    else beside.push(resource)
  }
  return rooms
}

function lineOf(resource: Resource, snapshot: Snapshot): string | null {
  const { frames = [], user = -1 } = snapshot.sites[originOf(resource, snapshot)] ?? {}
  const frame = frames[user]
  return frame === undefined ? null : `${resource.type} at ${frame.file}:${frame.line}:${frame.column}`
}

// The local port of a socket is another one each time.
function targetOf({ type, target }: Resource): string | null {
  return target === null ? null : `${type} to ${target.slice(target.indexOf(' -> ') + 1)}`
}
