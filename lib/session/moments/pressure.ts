import type { Kernel } from '../../collect/snapshot/kernel.ts'
import type { Recorder } from '../../collect/recorder.ts'
import { nextTurn } from '../../collect/settle.ts'
import { threads } from '../../collect/thread.ts'
import { nowMs } from '../../model/clock.ts'
import type { Reserve } from '../reserve.ts'

export type Shortage = 'emfile' | 'threshold'

/** What the descriptors of a thread are told by. */
export interface Descriptors {
  readonly recorder: Recorder
  readonly kernel: Kernel
  readonly reserve: Reserve
  /** Calls a function whose own resources are not recorded. */
  readonly aside: (run: () => void) => void
}

// Of the descriptors that the process may have.
const thresholdShare = 0.8
// A program that goes on without descriptors is told of that again, but not at each call.
const pauseMs = 60_000
// Who holds them may just not be known yet, as their opens are done and nobody was told: then it is told once more, soon.
const emptyPauseMs = 100
// With so few left, each callback may be the one that takes the last.
const tight = 64
// Between two looks: so long at least, and so many times as long as the last one took.
const restMs = 20
const restShare = 20

// Taken at load: the program may put another one in its place.
const { setTimeout } = globalThis

/**
 * Tells when descriptors run out: at once when `fs.open` or `openSync` is refused for want of one, and for other calls when the kernel's
 * list is found full. It is looked at when so many more resources are held than descriptors were left at the last look, which is
 * mostly never; with few left, at the callbacks that follow an opening, fifty times a second at most, and once more when no callback
 * follows.
 */
export class Pressure {
  readonly #descriptors: Descriptors
  readonly #wanted: Readonly<Record<Shortage, boolean>>
  readonly #tell: (shortage: Shortage) => boolean
  #isBeforeThreshold: boolean
  #silentUntilMs = -Infinity
  #restsUntilMs = -Infinity
  #isWaking = false
  #wasEmpty = false

  /**
   * @param tell Returns whether it could name anybody who holds some
   */
  constructor(descriptors: Descriptors, wanted: Readonly<Record<Shortage, boolean>>, tell: (shortage: Shortage) => boolean) {
    this.#descriptors = descriptors
    this.#wanted = wanted
    this.#tell = tell
    this.#isBeforeThreshold = wanted.threshold
    const { recorder, kernel } = descriptors
    recorder.onRefused = () => this.#ranOut()
    // Descriptors are the process's: one thread is enough to count them.
    if (!threads().isMainThread) return
    recorder.onCrowded = () => this.#mayLook()
    this.#lookAgain(kernel.openAtStart)
  }

  // A look takes as long as there are descriptors.
  #mayLook(): boolean {
    const startedMs = nowMs()
    if (startedMs < this.#restsUntilMs) {
      this.#wakeIn(this.#restsUntilMs - startedMs)
      return false
    }
    // It may be a hook that looks.
    this.#look(tell => nextTurn(() => { if (this.#isShort()) tell() }))
    const endedMs = nowMs()
    this.#restsUntilMs = endedMs + Math.max(restMs, restShare * (endedMs - startedMs))
    return true
  }

  // Who has taken the last one may wait for others to close, without a callback of its own.
  #wakeIn(ms: number): void {
    if (this.#isWaking) return
    this.#isWaking = true
    this.#descriptors.aside(() => setTimeout(() => {
      this.#isWaking = false
      this.#look(tell => tell())
    }, ms).unref())
  }

  #look(soon: (tell: () => void) => void): void {
    const { kernel } = this.#descriptors
    const taken = this.#taken()
    if (taken === null) return
    if (taken >= limitOf(kernel)) soon(() => this.#ranOut())
    else if (this.#isBeforeThreshold && taken >= thresholdOf(kernel)) soon(() => this.#passThreshold())
    this.#lookAgain(taken)
  }

  // The list is opened in the place of the reserve: none is taken that somebody may want.
  #taken(): number | null {
    const { kernel, reserve } = this.#descriptors
    reserve.release()
    const list = kernel.list()
    reserve.refill()
    return list === null ? null : list.length + (reserve.fd === null ? 0 : 1)
  }

  #isShort(): boolean {
    return (this.#taken() ?? 0) >= thresholdOf(this.#descriptors.kernel)
  }

  #ranOut(): void {
    if (!this.#wanted.emfile || nowMs() < this.#silentUntilMs) return
    // A report may meet the next shortage.
    this.#silentUntilMs = Infinity
    this.#isBeforeThreshold = false
    const isEmpty = !this.#tell('emfile')
    const isTriedAgain = isEmpty && !this.#wasEmpty
    this.#wasEmpty = isEmpty
    this.#silentUntilMs = nowMs() + (isTriedAgain ? emptyPauseMs : pauseMs)
    if (isTriedAgain) this.#wakeIn(emptyPauseMs)
  }

  #passThreshold(): void {
    if (!this.#isBeforeThreshold) return
    this.#isBeforeThreshold = false
    this.#tell('threshold')
  }

  #lookAgain(taken: number): void {
    const { recorder, kernel } = this.#descriptors
    const end = this.#wanted.emfile ? limitOf(kernel) - tight : Infinity
    const next = this.#isBeforeThreshold ? thresholdOf(kernel) : end
    recorder.crowdedAt = next <= taken ? 0 : recorder.held - requestsIn(recorder) + next - taken
  }
}

// Most of them hold no descriptor, and are over before the next look: they leave as much room as there was.
function requestsIn({ table }: Recorder): number {
  let count = 0
  for (const { facts } of table.values()) if (facts.nature === 'request') count++
  return count
}

function thresholdOf(kernel: Kernel): number {
  return Math.ceil(limitOf(kernel) * thresholdShare)
}

function limitOf({ limit }: Kernel): number {
  return limit ?? Infinity
}
