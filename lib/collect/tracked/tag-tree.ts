import type { WeakRef } from '../intrinsics.ts'
import type { Opening } from '../stacks/opening.ts'

/** What few tags have, so that the others need no room for it. */
interface Details {
  target: string | null
  /** When the collector was seen to have taken the object; -1 before. */
  collectedAfterMs: number
  /** Where it was closed, as far as that is known. */
  closed: Opening | null
}

/** A tag as its tracker keeps it. It holds nothing of the program but strings; the object is held by a WeakRef. */
export interface TagEntry extends Opening {
  /** The kind that its user gave it. */
  readonly type: string
  readonly name: string | null
  /** Tells it from every other tag of its thread. */
  readonly ordinal: number
  /** Milliseconds since the tracking started. */
  readonly openedAfterMs: number
  /** `unopened` until it is in the tree; for ever, on a tracker that is closed. */
  state: 'unopened' | 'open' | 'closed'
  /** The tag that it was opened under, the root for one that stands alone. */
  parent: TagEntry | null
  /** The newest child; `older` and `newer` lead along its siblings. */
  newest: TagEntry | null
  older: TagEntry | null
  newer: TagEntry | null
  object: WeakRef<object> | null
  details: Details | null
}

/** An entry that lies in no tree. */
export function tagEntry(type: string, name: string | null, ordinal: number, openedAfterMs: number): TagEntry {
  return {
    stack: -1, type, name, ordinal, openedAfterMs, state: 'unopened',
    parent: null, newest: null, older: null, newer: null, object: null, details: null,
  }
}

export function detailsOf(entry: TagEntry): Details {
  return entry.details ??= { target: null, collectedAfterMs: -1, closed: null }
}

export function insert(entry: TagEntry, parent: TagEntry): void {
  const sibling = parent.newest
  entry.parent = parent
  entry.older = sibling
  if (sibling !== null) sibling.newer = entry
  parent.newest = entry
}

/**
 * Takes a closed entry out, unless children of it are open: it goes with the last of them. What leaves the tree leads
 * nowhere, so that a tag which the program keeps holds no other one.
 */
export function remove(entry: TagEntry): void {
  let leaving: TagEntry | null = entry
  while (leaving !== null && leaving.state !== 'open' && leaving.newest === null) {
    const { parent, older, newer }: TagEntry = leaving
    if (newer !== null) newer.older = older
    else if (parent !== null) parent.newest = older
    if (older !== null) older.newer = newer
    leaving.parent = leaving.older = leaving.newer = null
    leaving = parent
  }
}

/** The nearest entry upwards that is open. */
export function openAt(entry: TagEntry | null): TagEntry | null {
  let at = entry
  while (at !== null && at.state !== 'open') at = at.parent
  return at
}

/** Every open entry below one, parents before their children. */
export function openBelow(root: TagEntry): TagEntry[] {
  const found: TagEntry[] = []
  let at = root.newest
  while (at !== null) {
    if (at.state === 'open') found[found.length] = at
    let next = at.newest ?? at.older
    for (let up = at.parent; next === null && up !== null && up !== root; up = up.parent) next = up.older
    at = next
  }
  return found
}

/** The open entries right below one. */
export function openChildren(parent: TagEntry): TagEntry[] {
  const found: TagEntry[] = []
  for (let at = parent.newest; at !== null; at = at.older) if (at.state === 'open') found[found.length] = at
  return found
}
