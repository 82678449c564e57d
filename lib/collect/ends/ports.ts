import { Array, startsWith } from '../intrinsics.ts'
import { WeakMap } from '../own-collections.ts'
import type { CallSite } from '../stacks/read-stack.ts'
import { isHidden } from '../stacks/scripts.ts'
import type { Entry } from '../table.ts'

/** Where a port was made; the script is null where no stack was captured. */
interface Made {
  readonly entry: Entry
  readonly script: string | null
  readonly position: number
}

/** The two ports of each channel: where one of them is closed, the other one closes by itself, turns of the loop later. */
export class Ports {
  readonly #twins = new WeakMap<Entry, Entry>()
  /** The first port of a channel, of which the second is made next. */
  #first: Made | null = null

  see(entry: Entry): void {
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
