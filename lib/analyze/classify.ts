import type { Resource } from '../model/resource.ts'
import { factsOf, inFlight, knownType } from '../model/type-table.ts'
import type { Site } from '../model/site.ts'
import type { Verdict } from '../model/verdict.ts'

interface Circumstances {
  /** Whether `close()` was called on it. */
  readonly closing: boolean
  /** Whether a request in flight may have opened it for itself, which its site does not tell; false by default. */
  readonly isOfRequest?: boolean
  /** Whether it has been in flight for longer than a request may. */
  readonly isLate: boolean
  /** Whether the test in which it was opened is over. */
  readonly isTest: boolean
  /** The site that answers for it. */
  readonly site: Site
}

/**
 * What a resource is judged to be. What the collector did is history, whatever else is known, and goes first.
 */
export function classify(resource: Resource, { closing, isOfRequest = false, isLate, isTest, site }: Circumstances): Verdict {
  if (resource.collectedAtMs !== null) return 'collected'
  if (closing) return 'closing'
  if (resource.pool !== null) return 'pooled'
  // How long ago it was ended nobody knows.
  if (resource.waitsFor) return isTest || (isLate && resource.waitsFor === 'connection') ? 'active' : 'pending'
  if (isOfRequest || isOpenedForItself(resource, site) || isUnbound(resource)) return 'pending'
  // A timer that was let go of with unref() is meant to outlast the test, and no process waits for it.
  if (resource.recurring === true && resource.ref === false) return 'pending'
  if (!isTest && isKeptByPackage(resource, site)) return 'pending'
  if (!endsByItself(resource)) return 'active'
  if (isTest && isLeftOpen(resource)) return 'active'
  return isLate && isInFlight(resource) ? 'active' : 'pending'
}

/** Whether a UDP socket was never bound, nor used to send: the system gives it a descriptor then, and it keeps no event loop alive before. */
export function isUnbound({ type, fd, target }: Resource): boolean {
  return type === 'UDPWRAP' && fd === null && target === null
}

// What a package opens on behalf of no line of the application, and lets go of with unref(), is to last as long as the process does: the link of a
// loader to its parent, a client that sends measurements. Where no stack tells whose it is, as in mode `count`, it may be such a one.
function isKeptByPackage({ ref, type }: Resource, { app, boundary }: Site): boolean {
  return ref === false && (app === -1 || boundary !== undefined) && factsOf(type)?.group === 'net'
}

function endsByItself(resource: Resource): boolean {
  const { type, recurring, ref } = resource
  const nature = factsOf(knownType(resource))?.nature ?? 'object'
  // Memory alone, as whatever a newer Node adds may be, unless it keeps the event loop alive.
  if (nature === 'object') return ref !== true
  // Whoever lets go of a thread or a child means it to last: compilers, loggers and pools keep some, and a daemon outlives its maker.
  if (nature === 'thread' || type === 'PROCESSWRAP') return ref === false
  return inFlight.has(nature) || recurring === false
}

/** Whether something is waited for: a timer and what is memory alone only lie there, as do the settings of an HTTP/2 session that was closed, which Node never completes. */
function isInFlight(resource: Resource): boolean {
  return resource.type !== 'HTTP2SETTINGS' && inFlight.has(factsOf(knownType(resource))?.nature ?? 'object')
}

// What was let go of with unref() is meant to outlast its maker.
function isLeftOpen(resource: Resource): boolean {
  return resource.ref !== false && (resource.recurring !== null || isInFlight(resource))
}

// `fs.promises.readFile` and its like open a FileHandle that they close themselves when they are done; the program gets
// to see those alone that it asked `open` for.
function isOpenedForItself({ type }: Resource, { frames, user }: Site): boolean {
  const called = frames[user - 1]
  return type === 'FILEHANDLE' && called?.file === 'node:internal/fs/promises' && called.function !== 'open'
}
