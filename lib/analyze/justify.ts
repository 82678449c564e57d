import { duration } from '../model/text/duration.ts'
import type { Resource, Wait } from '../model/resource.ts'
import { isUnbound } from './classify.ts'
import { factsOf, inFlight, knownType } from '../model/type-table.ts'
import type { ReportedVerdict } from '../model/verdict.ts'

const neglect: ReadonlyMap<string, string> = new Map([
  ['TCPWRAP', 'Nobody called destroy().'],
  ['PIPEWRAP', 'Nobody called destroy().'],
  ['TLSWRAP', 'Nobody called destroy().'],
  ['PROCESSWRAP', 'The child has not ended.'],
  ['SIGNALWRAP', 'Nobody removed the last listener.'],
  ['WORKER', 'It has not ended, and nobody called terminate().'],
  ['STATWATCHER', 'Nobody called unwatchFile().'],
  ['Timeout', 'It fires again and again, and nobody cleared it.'],
  ['HTTP2SESSION', 'Nobody called close() or destroy().'],
])

// Of tags, by their kind: those that the integrations open.
const neglectOfTag: ReadonlyMap<string, string> = new Map([
  ['pg.Pool', 'Nobody called end().'],
  ['pg.Client', 'Nobody called release().'],
  ['pg.Transaction', 'It was neither committed nor rolled back.'],
  ['pg.Cursor', 'It was neither closed nor read to its end.'],
  ['pg.Stream', 'It was neither destroyed nor read to its end.'],
  ['pg.Listener', 'Nobody said UNLISTEN.'],
  ['mysql2.Pool', 'Nobody called end().'],
  ['mysql2.Connection', 'Nobody called release() or end().'],
  ['mysql2.Transaction', 'It was neither committed nor rolled back.'],
  ['sqlite.Iterator', 'It was not read to its end.'],
  ['sqlite.Transaction', 'It was neither committed nor rolled back.'],
])

const waiting: Readonly<Record<Wait, string>> = {
  connection: 'It is connecting.',
  write: 'It has written, and its writer is about to be told.',
  end: 'It was ended, and waits for the other side to end it too.',
  eof: 'The other side has ended it, and the process ended before it read that.',
  exit: 'Its channel was disconnected, which asks it to end.',
  signal: 'It was sent a signal that asks it to end.',
  flush: 'It was ended, and has yet to write.',
  read: 'It is being read.',
}

/** Of those whose wait has lasted too long; for others, such as a connection, as if they had not been ended. */
const waitedInVain: { readonly [wait in Wait]?: string } = {
  end: 'It was ended, the other side has not ended it, and nobody called destroy().',
  signal: 'It was sent a signal that asks it to end, and has not ended.',
  flush: 'It was ended, and has not written all.',
}

// What these hold is a descriptor, referenced or not.
const groupsWithDescriptor: ReadonlySet<string> = new Set(['fs', 'net'])

/**
 * The sentence that justifies a verdict on resources of one type, of which there is at least one. It reads the same
 * for one and for many, so that groups which differ in nothing else share it.
 */
export function justify(verdict: ReportedVerdict, resources: readonly Resource[]): string {
  const { pool, waitsFor } = resources[0]!
  const type = knownType(resources[0]!)
  switch (verdict) {
    case 'active':
      if (inFlight.has(factsOf(type)?.nature ?? 'object')) return 'The operation has not completed in its time.'
      if (resources[0]!.recurring === false) return 'It has not fired, and nobody cleared it.'
      return (waitsFor === null ? undefined : waitedInVain[waitsFor]) ?? `${neglectOf(resources[0]!)}${unreferenced(resources)}`
    case 'collected':
      return collected(type, resources)
    case 'pending':
      return waitsFor === null ? unfinished(type, resources[0]!) : waiting[waitsFor]
    case 'pooled':
      return `Idle in the pool of ${pool}, kept for the next request.`
  }
}

function neglectOf({ kind, type }: Resource): string {
  return (kind === 'tracked' ? neglectOfTag : neglect).get(type) ?? 'Nobody called close().'
}

function unfinished(type: string, resource: Resource): string {
  const { recurring } = resource
  const nature = factsOf(type)?.nature
  if (isUnbound(resource)) return 'It was never bound: it holds memory alone, until close() is called.'
  if (nature === undefined) return 'It has not ended. leakwatch has not met this type, and calls nothing a leak that it does not know.'
  if (nature === 'thread') return 'It ends with the process at the latest: its maker let go of it with unref(), or it was starting still, or ending.'
  if (type === 'PROCESSWRAP') return 'Its maker let go of it with unref(): it goes on by itself.'
  if (factsOf(type)?.group === 'net' && nature !== 'request') return 'It was let go of with unref(), and no line of yours is known to have opened it: it ends with the process at the latest.'
  if (nature === 'object') return 'It holds memory alone, and ends when it is collected.'
  if (nature !== 'timer') return 'The operation has not completed.'
  return recurring === true ? 'It fires again and again, and was let go of with unref(): it ends with the process at the latest.' : 'It has not fired yet.'
}

function unreferenced(resources: readonly Resource[]): string {
  const count = resources.filter(({ ref }) => ref === false).length
  if (count === 0) return ''
  const holdsDescriptor = groupsWithDescriptor.has(factsOf(resources[0]!.type)?.group ?? '')
  if (count === resources.length) return ` It does not keep the event loop alive${holdsDescriptor ? ', but holds its descriptor' : ''}.`
  return ` Not all of them keep the event loop alive${holdsDescriptor ? ', but all hold a descriptor' : ''}.`
}

function collected(type: string, resources: readonly Resource[]): string {
  const deed = type === 'tracked' ? 'took what it stands for' : 'closed it'
  const sentence = `Nobody called close(): the garbage collector ${deed}, ${openSpan(resources)} after the opening.`
  return type === 'FILEHANDLE' ? `${sentence} Node 25 and later end the process for that.` : sentence
}

function openSpan(resources: readonly Resource[]): string {
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
