import type { Misuse, MisuseCode } from '../../model/misuse.ts'
import type { Kind } from '../../model/resource.ts'
import { Map } from '../own-collections.ts'

const capacity = 1_000

/** A misuse as it happens. */
export interface Misdeed {
  readonly code: MisuseCode
  readonly kind: Kind
  readonly type: string
  readonly name: string | null
  readonly fd: number | null
  readonly atMs: number
  readonly isCertain: boolean
  readonly opened: number
  readonly closed: number
  readonly second: number
  readonly earlier: { readonly opened: number, readonly closed: number } | null
  readonly children: Iterable<{ readonly type: string, readonly site: number }>
}

interface CountedMisuse extends Misdeed {
  readonly key: string
  readonly open: Map<string, { readonly type: string, readonly site: number, count: number }>
  closed: number
  count: number
}

/** Misuses by code, type and sites; what happens again is counted. Bounded: what finds no room is dropped. */
export class Misuses {
  dropped = 0
  readonly #prefix: string
  readonly #recorded = new Map<string, CountedMisuse>()

  /** Keys begin with the prefix, which tells these misuses from those of others in one snapshot. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  get size(): number {
    return this.#recorded.size
  }

  /** Whether it is a new one. */
  add(misdeed: Misdeed): boolean {
    const { code, kind, type, opened, closed, second } = misdeed
    // The first close is not always known, and where it was makes no other misuse of it.
    const identity = `${code} ${kind} ${type} ${opened} ${second === -1 ? closed : second}`
    let found = this.#recorded.get(identity)
    if (found === undefined) {
      if (this.#recorded.size === capacity) {
        this.dropped++
        return false
      }
      found = { ...misdeed, key: `${this.#prefix}${this.#recorded.size}`, open: new Map(), count: 0 }
      this.#recorded.set(identity, found)
    }
    found.count++
    if (found.closed === -1) found.closed = closed
    for (const { type: childType, site } of misdeed.children) {
      const child = `${childType} ${site}`
      const known = found.open.get(child)
      if (known === undefined) found.open.set(child, { type: childType, site, count: 1 })
      else known.count++
    }
    return found.count === 1
  }

  /** All of them as plain data, their sites counted from `firstSite` on. */
  list(firstSite: number): Misuse[] {
    const at = (site: number) => site === -1 ? -1 : site + firstSite
    return [...this.#recorded.values()].map(({ code, key, kind, type, name, fd, count, atMs, isCertain, opened, closed, second, earlier, open }) => ({
      code, key, kind, type, name, fd, count, firstAtMs: atMs, isCertain,
      sites: { opened: at(opened), closed: at(closed), second: at(second) },
      earlier: earlier === null ? null : { opened: at(earlier.opened), closed: at(earlier.closed) },
      children: [...open.values()].map(child => ({ type: child.type, count: child.count, site: at(child.site) })),
    }))
  }
}
