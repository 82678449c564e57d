import { duration } from '../model/duration.ts'
import type { Resource } from '../model/resource.ts'
import type { Verdict } from '../model/verdict.ts'

const destroyed = new Set(['TCPWRAP', 'PIPEWRAP', 'TLSWRAP'])

/** The sentence that justifies a verdict on resources of one type, of which there is at least one. */
export function justify(verdict: Verdict, resources: readonly Resource[]): string {
  const first = resources[0]!
  const one = resources.length === 1
  switch (verdict) {
    case 'active':
      return active(first.type, one) + unreferenced(resources)
    case 'collected':
      return collected(first.type, resources)
    case 'pending':
      return one ? 'Its operation has not completed.' : 'Their operations have not completed.'
    case 'pooled':
      return `${one ? 'It lies' : 'They lie'} idle in the pool of ${first.pool}, kept for the next request.`
    case 'closing':
      return `close() was called on ${one ? 'it' : 'them'} and the event loop has not turned since.`
  }
}

function active(type: string, one: boolean): string {
  const it = one ? 'it' : 'them'
  return destroyed.has(type) ? `Nobody destroyed ${it}.` : `Nobody called close on ${it}.`
}

function unreferenced(resources: readonly Resource[]): string {
  const count = resources.filter(({ ref }) => ref === false).length
  if (count === 0) return ''
  if (resources.length === 1) return ' It does not keep the event loop alive, but holds its descriptor.'
  if (count === 1) return ' One of them does not keep the event loop alive, but holds its descriptor.'
  const who = count === resources.length ? 'They' : `${count} of them`
  return ` ${who} do not keep the event loop alive, but hold their descriptors.`
}

function collected(type: string, resources: readonly Resource[]): string {
  const one = resources.length === 1
  const sentence = one
    ? `Nobody closed it: the garbage collector did, ${span(resources)} after it was opened.`
    : `Nobody closed them: the garbage collector did, ${span(resources)} after they were opened.`
  return type === 'FILEHANDLE' ? `${sentence} Node 25 and later end the process for that.` : sentence
}

function span(resources: readonly Resource[]): string {
  let shortestMs = Infinity
  let longestMs = 0
  for (const { collectedAtMs, openedAtMs } of resources) {
    const openMs = Math.max(0, (collectedAtMs ?? openedAtMs) - openedAtMs)
    shortestMs = Math.min(shortestMs, openMs)
    longestMs = Math.max(longestMs, openMs)
  }
  const [shortest, longest] = [duration(shortestMs), duration(longestMs)]
  return shortest === longest ? shortest : `${shortest} to ${longest}`
}
