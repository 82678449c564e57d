import { AsyncResource } from 'node:async_hooks'
import { firstDirectory } from '../../collect/snapshot/listing.ts'
import { nowMs } from '../../model/clock.ts'
import { duration } from '../../model/text/duration.ts'
import { callersOf, renderFrame } from '../../report/frames.ts'
import { tell } from '../../session/say.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import type { Loan } from './settings.ts'

// Files are told from there.
const root = firstDirectory ?? '/'

// Taken at load: a program under test may put others in their place.
const { setTimeout, clearTimeout } = globalThis

/** Something that was lent, and has to come back. */
export interface Lent {
  readonly kind: string
  readonly name: string | null
  readonly opening: Deferred
  readonly sinceMs: number
  lastQuery: string | null
  isTold: boolean
}

export interface LoansOptions {
  /** Null: nobody is told. */
  readonly heldMs: number | null
  readonly onHeld: (loan: Loan) => void
  readonly onReturned: (loan: Loan) => void
}

/** What is lent at the moment. One timer for all, none while nothing is lent or all of it was told of; it keeps no process running. */
export class Loans {
  readonly #options: LoansOptions
  // In the order of lending, which is that in which they fall due.
  readonly #waiting = new Set<Lent>()
  // A timer holds on to all that the AsyncLocalStorages carry where it is set, and calls back with it: that is no affair of who borrows first.
  readonly #outside = new AsyncResource('LEAKWATCH')
  #timer: NodeJS.Timeout | null = null

  constructor(options: LoansOptions) {
    this.#options = options
  }

  lend(kind: string, name: string | null, opening: Deferred): Lent {
    const lent: Lent = { kind, name, opening, sinceMs: nowMs(), lastQuery: null, isTold: false }
    if (this.#options.heldMs !== null) {
      this.#waiting.add(lent)
      this.#schedule()
    }
    return lent
  }

  takeBack(lent: Lent): void {
    if (this.#waiting.delete(lent) && this.#waiting.size === 0) this.#stop()
    if (!lent.isTold) return
    lent.isTold = false
    this.#tell(this.#options.onReturned, lent)
  }

  #schedule(): void {
    const { heldMs } = this.#options
    const [next] = this.#waiting
    if (this.#timer !== null || next === undefined || heldMs === null) return
    this.#timer = this.#outside.runInAsyncScope(setTimeout, undefined, () => this.#due(heldMs), Math.max(1, next.sinceMs + heldMs - nowMs())).unref()
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #due(heldMs: number): void {
    this.#timer = null
    for (const lent of this.#waiting) {
      if (nowMs() - lent.sinceMs < heldMs) break
      this.#waiting.delete(lent)
      lent.isTold = true
      this.#tell(this.#options.onHeld, lent)
    }
    this.#schedule()
  }

  // What a function of the program throws is its own affair, but never that of the call which returned a client.
  #tell(listener: (loan: Loan) => void, { kind, name, opening, sinceMs, lastQuery }: Lent): void {
    const loan = { kind, name, site: opening.locate(), lastQuery, heldForMs: nowMs() - sinceMs }
    try {
      listener(loan)
    } catch (error) {
      process.nextTick(() => { throw error })
    }
  }
}

/** The loan and its callers on standard error. */
export function sayHeld(loan: Loan): void {
  const { site, lastQuery } = loan
  const callers = site === null ? [] : callersOf(site, root)
  const query = lastQuery === null ? 'not used for a query yet' : `last query: ${lastQuery}`
  tell(`${nounOf(loan)} is held for ${duration(loan.heldForMs)}, borrowed at ${whereOf(loan)}; ${query}`, callers)
}

export function sayReturned(loan: Loan): void {
  tell(`${nounOf(loan)} was returned after ${duration(loan.heldForMs)}, borrowed at ${whereOf(loan)}`)
}

function nounOf({ kind, name }: Loan): string {
  return name === null ? kind : `${kind} '${name}'`
}

function whereOf({ site }: Loan): string {
  const frame = site?.frames[site.user]
  return frame === undefined ? 'a line that was not captured' : renderFrame(frame, root)
}
