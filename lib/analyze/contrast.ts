import { grouped, sum, total } from '../model/grouped.ts'
import type { Contrast } from '../model/report.ts'
import { openingLine, type Site } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { originOf } from './blame.ts'

const closersShown = 8

/**
 * What became of all that a line opened: a line whose resources were mostly closed, at another line, has a way out that misses
 * the second one; a line that closed none never had it.
 */
export class Contrasts {
  readonly #snapshot: Snapshot
  readonly #endings: ReadonlyMap<string, Snapshot['endings']['bySite']>
  readonly #open: ReadonlyMap<string, number>

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#endings = grouped(snapshot.endings.bySite, ({ type, site }) => `${type} ${openingLine(snapshot.sites[site])}`)
    const resources = this.#endings.size === 0 ? [] : snapshot.resources
    const open = grouped(resources, resource => `${resource.type} ${openingLine(snapshot.sites[originOf(resource, snapshot)])}`)
    this.#open = new Map([...open].map(([line, some]) => [line, some.length]))
  }

  /** Null where nothing of the type that the line of the site opened was closed. */
  of(type: string, site: Site): Contrast | null {
    const line = `${type} ${openingLine(site)}`
    const endings = this.#endings.get(line)
    if (endings === undefined) return null
    const closed = sum(endings, ending => ending.closed)
    const open = this.#open.get(line) ?? 0
    return { opened: closed + open, closed, open, isExact: this.#snapshot.endings.isExact, closers: this.#closersOf(endings) }
  }

  #closersOf(endings: Snapshot['endings']['bySite']): Contrast['closers'] {
    const closers = endings.flatMap(ending => ending.closers).map(({ site, count }) => ({ count, site: this.#snapshot.sites[site] ?? null }))
    const byLine = [...grouped(closers, ({ site }) => openingLine(site ?? undefined)).values()]
    return byLine
      .map(some => ({ count: total(some), site: some[0]!.site }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, closersShown)
  }
}
