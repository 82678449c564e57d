import type { Resource } from '../model/resource.ts'
import type { Snapshot } from '../model/snapshot.ts'

/**
 * Index of the site that answers for a resource, -1 where no line of the program is known. An accepted socket is born
 * inside Node with no line of its own: the line that made its server listen answers for it.
 */
export function originOf(resource: Resource, snapshot: Snapshot): number {
  if (hasUserFrame(resource.site, snapshot)) return resource.site
  const link = resource.chain.find(({ site }) => hasUserFrame(site, snapshot))
  return link === undefined ? -1 : link.site
}

/**
 * Whether the program may be blamed for a resource. With no line of the program behind it Node opened it for itself,
 * and calling that a leak would be a false blame: the kernel check lists its descriptor. A snapshot that counts has no
 * stacks to tell by, and collect leaves out what it knows to be Node's own.
 */
export function isOfProgram(resource: Resource, snapshot: Snapshot): boolean {
  return snapshot.mode === 'count' || originOf(resource, snapshot) !== -1
}

function hasUserFrame(index: number, snapshot: Snapshot): boolean {
  const site = snapshot.sites[index]
  return site !== undefined && site.user !== -1
}
