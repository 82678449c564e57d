import { Array, startsWith } from '../intrinsics.ts'
import { WeakMap, WeakSet } from '../own-collections.ts'
import type { CallSite } from '../stacks/read-stack.ts'
import { isHidden } from '../stacks/scripts.ts'
import type { Entry } from '../table.ts'

/** Where a port was made; the script is null where no stack was captured. */
interface Made {
  readonly entry: Entry
  readonly script: string | null
  readonly position: number
}

/**
 * The two ports of each channel: where one of them is closed, the other one closes by itself, turns of the loop later. And those that Node makes for itself,
 * which have to be known where no stacks tell.
 */
export class Ports {
  readonly #twins = new WeakMap<Entry, Entry>()
  readonly #ofWorkers = new WeakSet<Entry>()
  /** The Worker that is being made, or what Node has made for it last. */
  #maker: Entry | null = null
  #isBeforeChannels = false
  /** The first port of a channel, of which the second is made next. */
  #first: Made | null = null

  seeWorker(worker: Entry): void {
    this.#maker = worker
    this.#isBeforeChannels = false
  }

  see(entry: Entry): void {
    if (this.#isMadeForWorker(entry)) return
    const first = this.#first
    const made = madeAt(entry)
    this.#first = null
    if (made === null) return
    if (first === null || first.entry.asyncId + 1 !== entry.asyncId || !areOfOneCall(first, made)) {
      this.#first = made
      return
    }
    this.#twins.set(entry, first.entry)
    this.#twins.set(first.entry, entry)
  }

  /** Whether the other port of its channel was closed. */
  isClosing(entry: Entry): boolean {
    return this.#twins.get(entry)?.state === 'closing'
  }

  /** Whether Node made it for a Worker, with which it ends. */
  isOfWorker(entry: Entry): boolean {
    return this.#ofWorkers.has(entry)
  }

  // The constructor of a Worker makes a port together with the thread and, once it has made streams, two channels in one go. After them it puts off a call,
  // so that a channel that the program makes next never follows right behind.
  #isMadeForWorker(entry: Entry): boolean {
    const maker = this.#maker
    if (maker === null) return false
    const isNext = maker.asyncId + 1 === entry.asyncId
    const isMade = isNext || this.#isBeforeChannels
    this.#isBeforeChannels = isNext && maker.facts.nature === 'thread'
    this.#maker = isMade ? entry : null
    if (isMade) this.#ofWorkers.add(entry)
    return isMade
  }
}

// Null for a port that no call of `new MessageChannel()` has made: a BroadcastChannel's, a Worker's, one that was received.
function madeAt(entry: Entry): Made | null {
  if (typeof entry.stack === 'number') return { entry, script: null, position: 0 }
  const callSites = entry.stack.stack
  if (!Array.isArray(callSites)) return null
  for (let index = 0; index < callSites.length; index++) {
    const callSite = callSites[index] as CallSite
    const script = callSite.getScriptNameOrSourceURL() ?? ''
    if (!isHidden(script)) return startsWith(script, 'node:') ? null : { entry, script, position: callSite.getPosition() }
  }
  return null
}

function areOfOneCall(one: Made, other: Made): boolean {
  return one.script === null || other.script === null || (one.script === other.script && one.position === other.position)
}
