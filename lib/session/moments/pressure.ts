import type { Kernel } from '../../collect/snapshot/kernel.ts'
import type { Recorder } from '../../collect/recorder.ts'
import { nextTurn } from '../../collect/settle.ts'
import { threads } from '../../collect/thread.ts'
import { closeSync, openSync } from '../../collect/taps/untapped.ts'
import { nowMs } from '../../model/clock.ts'
import { isOutOfDescriptors } from '../../model/errors.ts'
import { devNull, type Reserve } from '../reserve.ts'

export type Shortage = 'emfile' | 'threshold'

/** What the descriptors of a thread are told by. */
export interface Descriptors {
  readonly recorder: Recorder
  readonly kernel: Kernel
  readonly reserve: Reserve
}

// Of the descriptors that the process may have.
const thresholdShare = 0.8
// A program that goes on without descriptors is told of that again, but not at each call.
const pauseMs = 60_000
// With so few left, each callback may be the one that takes the last.
const tight = 64
// Between two looks: so long at least, and so many times as long as the last one took.
const restMs = 20
const restShare = 50

/**
 * Tells when descriptors run out: at once when `fs.open` or `openSync` is refused for want of one, and when nothing can be opened
 * after other calls. The kernel's list is looked at when so many more resources are held than descriptors were left at the last
 * look, which is mostly never; with few left, one is opened and closed to see, fifty times a second at most.
 */
export class Pressure {
  readonly #descriptors: Descriptors
  readonly #wanted: ReadonlySet<string>
  readonly #tell: (shortage: Shortage) => void
  #isBeforeThreshold: boolean
  #probesLeft = 0
  #toldAtMs = -Infinity
  #restsUntilMs = -Infinity

  constructor(descriptors: Descriptors, wanted: ReadonlySet<string>, tell: (shortage: Shortage) => void) {
    this.#descriptors = descriptors
    this.#wanted = wanted
    this.#tell = tell
    this.#isBeforeThreshold = wanted.has('threshold')
    const { recorder, kernel } = descriptors
    recorder.onRefused = () => this.#ranOut()
    // Descriptors are the process's: one thread is enough to count them.
    if (!threads().isMainThread) return
    recorder.onCrowded = () => this.#mayLook()
    this.#lookAgain(kernel.openAtStart)
  }

  // A look takes time, and for a moment a descriptor that somebody may want: it is taken seldom.
  #mayLook(): boolean {
    const startedMs = nowMs()
    if (startedMs < this.#restsUntilMs) return false
    this.#look()
    const endedMs = nowMs()
    this.#restsUntilMs = endedMs + Math.max(restMs, restShare * (endedMs - startedMs))
    return true
  }

  // What is found is told later: the look may be taken in a hook.
  #look(): void {
    const { kernel, reserve } = this.#descriptors
    if (this.#probesLeft > 0) {
      this.#probesLeft--
      if (!this.#isPausing() && isFull()) nextTurn(() => this.#ranOut())
      return
    }
    reserve.release()
    const list = kernel.list()
    reserve.refill()
    const taken = list === null ? kernel.limit : list.length + reserve.fds.size
    if (taken >= kernel.limit && isFull()) nextTurn(() => this.#ranOut())
    else if (this.#isBeforeThreshold && taken >= thresholdOf(kernel)) {
      this.#isBeforeThreshold = false
      nextTurn(() => this.#tell('threshold'))
    }
    this.#lookAgain(taken)
  }

  #ranOut(): void {
    if (!this.#wanted.has('emfile') || this.#isPausing()) return
    this.#toldAtMs = nowMs()
    this.#isBeforeThreshold = false
    this.#tell('emfile')
  }

  #isPausing(): boolean {
    return nowMs() - this.#toldAtMs < pauseMs
  }

  #lookAgain(taken: number): void {
    const { recorder, kernel } = this.#descriptors
    const end = this.#wanted.has('emfile') ? kernel.limit - tight : Infinity
    const next = this.#isBeforeThreshold ? thresholdOf(kernel) : end
    const isTight = next <= taken
    recorder.crowdedAt = isTight ? 0 : recorder.held + next - taken
    this.#probesLeft = isTight ? tight : 0
  }
}

function isFull(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return false
  } catch (error) {
    return isOutOfDescriptors(error)
  }
}

function thresholdOf({ limit }: Kernel): number {
  return Math.ceil(limit * thresholdShare)
}
