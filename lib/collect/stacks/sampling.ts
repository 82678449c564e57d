import { Math } from '../intrinsics.ts'
import { Map } from '../own-collections.ts'
import { hrtimeNs } from '../taps/untapped.ts'
import { type Opening, skipped, typeOf } from './opening.ts'
import { Random } from './sample.ts'

// Taken at load: the program may put another one in its place.
const { Number } = globalThis
// Of the budget, what each type has for itself alone.
const ownShare = 1 / 16
// What takes longer was held up by the collector or by who else runs on the core, or is done for the first time: much of a start is.
const costLimitMs = 0.1
const savedMs = 5_000

/**
 * Which openings get a stack where stacks may take but a share of one core. What they take is measured; the less is left, the rarer one is
 * captured: of what is opened often a sample at random, as at a fixed beat things that alternate would be told in step. What is opened
 * now and then has a purse of its own type, which no other type empties, so that its leaks have their lines.
 */
export class Sampling {
  /** Stacks that were not captured. */
  skipped = 0
  /** False while each stack is captured. */
  isOn = false
  readonly #clock: () => number
  readonly #byType = new Map<string, Odds>()
  readonly #random = new Random()
  #budget = 0
  #all = new Purse(0, 0)
  #beganAtMs = 0
  #spendings = 0

  /** @param clock Milliseconds, and fractions of them */
  constructor(clock: () => number = nowMs) {
    this.#clock = clock
  }

  /** From here on stacks may take that share of one core; Infinity captures each. */
  want(budget: number): void {
    this.isOn = budget !== Infinity
    if (!this.isOn || budget === this.#budget) return
    this.#budget = budget
    this.#byType.clear()
    this.#all = new Purse(budget, this.#clock())
  }

  /** Whether the stack of an opening is to be captured. `spent` follows where it is. */
  takes(opening: Opening): boolean {
    if (this.allows(typeOf(opening), opening.openedAfterMs)) return true
    opening.stack = skipped
    this.skipped++
    return false
  }

  /** As `takes`, for the stack of what ends an opening: of one that has none itself it would tell nothing. */
  takesEnd({ stack }: Opening): boolean {
    if (!this.isOn) return true
    if (stack === skipped) return false
    if (this.allows('end')) return true
    this.skipped++
    return false
  }

  /**
   * As `takes`, for a stack of no opening.
   * @param atMs What the clock of the opening says in whole milliseconds: within each of them the chance of a type is worked out once, since to ask a clock
   *   takes as long as all else that is counted of a request
   */
  allows(type: string, atMs = NaN): boolean {
    if (!this.isOn) return true
    let odds = this.#byType.get(type)
    if (odds === undefined || odds.atMs !== atMs || odds.spendings !== this.#spendings) odds = this.#oddsOf(type, atMs)
    if (odds.chance < 1 && (this.#random.next() >>> 0) >= odds.chance * 2 ** 32) return false
    this.begin()
    return true
  }

  /** Something else begins that is part of what stacks take. `spent` follows. */
  begin(): void {
    if (this.isOn) this.#beganAtMs = this.#clock()
  }

  /** What has begun is done, for an opening of that type; null where it is for none. */
  spent(type: string | null): void {
    if (!this.isOn) return
    const costMs = Math.min(this.#clock() - this.#beganAtMs, costLimitMs)
    this.#spendings++
    this.#all.take(costMs, Infinity)
    if (type !== null) this.#byType.get(type)?.purse.take(costMs, 1)
  }

  #oddsOf(type: string, atMs: number): Odds {
    const nowMs = this.#clock()
    let odds = this.#byType.get(type)
    if (odds === undefined) this.#byType.set(type, odds = { purse: new Purse(this.#budget * ownShare, nowMs), chance: 0, atMs: NaN, spendings: 0 })
    const left = this.#all.fill(nowMs)
    const own = odds.purse.fill(nowMs)
    // So many types at once that their own purses are more than there is.
    odds.chance = left < -1 ? 0 : Math.max(left, 0) + Math.max(own, 0)
    odds.atMs = atMs
    odds.spendings = this.#spendings
    return odds
  }
}

/** What a type has for itself alone, and the chance that its next stack is captured: as of when, and of how many that were paid for. */
interface Odds {
  readonly purse: Purse
  chance: number
  atMs: number
  spendings: number
}

/** What stacks may take: filled as time passes, with what five seconds allow at most. */
class Purse {
  readonly #income: number
  /** What a second allows. */
  readonly #plenty: number
  #leftMs: number
  #filledAtMs: number

  constructor(income: number, atMs: number) {
    this.#income = income
    this.#plenty = income * 1_000
    this.#leftMs = income * savedMs
    this.#filledAtMs = atMs
  }

  /** How many seconds' worth is left: below 0 where more was taken than there was. */
  fill(atMs: number): number {
    this.#leftMs = Math.min(this.#leftMs + (atMs - this.#filledAtMs) * this.#income, this.#income * savedMs)
    this.#filledAtMs = atMs
    return this.#leftMs / this.#plenty
  }

  /** Debts beyond so many seconds' worth are forgiven. */
  take(ms: number, debtLimit: number): void {
    this.#leftMs = Math.max(this.#leftMs - ms, -debtLimit * this.#plenty)
  }
}

function nowMs(): number {
  return Number(hrtimeNs()) / 1_000_000
}
