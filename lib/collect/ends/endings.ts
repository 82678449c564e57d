import type { Endings as Facts } from '../../model/snapshot.ts'
import { Map } from '../own-collections.ts'
import { Sample } from '../stacks/sample.ts'

const siteLimit = 4_096
const closersLimit = 8

interface Counted {
  closed: number
  readonly closers: Map<number, number>
}

/**
 * How many of what a site opened were closed, and where: what a leak of the same line is held against. Reading two
 * stacks at every end would cost more than the rest of the recording, so the first 4,096 are counted each and then one in 16,
 * which stands for 16. Bounded to 4,096 sites of a type with 8 closing sites each.
 */
export class Endings {
  readonly #byType = new Map<string, Map<number, Counted>>()
  readonly #sample = new Sample({ inFull: 4_096, interval: 16 })

  /** For how many ends the one that happens now stands: 0 for one that is passed over. */
  nextWeight(): number {
    return this.#sample.next()
  }

  add(type: string, opened: number, closed: number, weight: number): void {
    if (opened === -1) return
    let bySite = this.#byType.get(type)
    if (bySite === undefined) this.#byType.set(type, bySite = new Map())
    let ending = bySite.get(opened)
    if (ending === undefined) {
      if (bySite.size === siteLimit) return
      bySite.set(opened, ending = { closed: 0, closers: new Map() })
    }
    ending.closed += weight
    const before = ending.closers.get(closed)
    if (before !== undefined || ending.closers.size < closersLimit) ending.closers.set(closed, (before ?? 0) + weight)
  }

  facts(): Facts {
    const bySite = [...this.#byType].flatMap(([type, sites]) => [...sites].map(([site, { closed, closers }]) => ({
      type, site, closed, closers: [...closers].map(([closer, count]) => ({ site: closer, count })),
    })))
    return { isExact: this.#sample.isExact, bySite }
  }
}
