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
  const vacant = diff(before, after).gone.filter(({ pool }) => pool === null).map(resource => placesOf(resource, before))
  if (vacant.length === 0) return opened
  const isReplacement = (resource: Resource) => {
    const places = placesOf(resource, after)
    const index = vacant.findIndex(one => one.some(place => places.includes(place)))
    if (index !== -1) vacant.splice(index, 1)
    return index !== -1
  }
  return { ...opened, resources: opened.resources.filter(resource => !isReplacement(resource)) }
}

// The local port of a socket is another one each time.
function placesOf(resource: Resource, snapshot: Snapshot): readonly string[] {
  const { type, target } = resource
  const { frames = [], user = -1 } = snapshot.sites[originOf(resource, snapshot)] ?? {}
  const frame = frames[user]
  const places: string[] = []
  if (frame !== undefined) places.push(`${type} at ${frame.file}:${frame.line}:${frame.column}`)
  if (target !== null) places.push(`${type} to ${target.slice(target.indexOf(' -> ') + 1)}`)
  return places
}
