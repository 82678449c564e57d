import { type Ownership, strictness } from '../../model/settings/settings.ts'
import { Math } from '../intrinsics.ts'
import { Set } from '../own-collections.ts'

/** What a recorder is to record; several watches of a thread share one, which records what any of them wants. */
export interface Wanted {
  readonly types: ReadonlySet<string>
  /** Whether nobody asked for types: then `fd` and the sockets are among them, and the others need not be looked up. */
  readonly isUnasked: boolean
  /** Frames kept of each stack; 0 captures none. */
  readonly depth: number
  /** Share of one core that stacks may take; Infinity captures each. */
  readonly budget: number
  /** What is done about descriptors that are closed or used by somebody else than their owner. */
  readonly ownership: Ownership
  /** Whether it is kept how each resource was reached. */
  readonly chain: boolean
}

/** What the watches want that are not over, and all of it together. */
export class WantedByAll implements Wanted {
  #each: Wanted[] = []
  #types: Set<string> | null = null
  isUnasked = false
  depth = 0
  budget = 0
  ownership: Ownership = 'off'
  chain = false

  /** Put together when it is first asked for: of a program that opens nothing it never is. */
  get types(): ReadonlySet<string> {
    if (this.#types !== null) return this.#types
    const types = new Set<string>()
    for (const wanted of this.#each) for (const type of wanted.types) types.add(type)
    return this.#types = types
  }

  add(wanted: Wanted): void {
    const { isUnasked, depth, budget, ownership, chain } = wanted
    this.#each[this.#each.length] = wanted
    this.#types = null
    this.isUnasked ||= isUnasked
    this.depth = Math.max(this.depth, depth)
    if (depth > 0) this.budget = Math.max(this.budget, budget)
    if (strictness[ownership] > strictness[this.ownership]) this.ownership = ownership
    this.chain ||= chain
  }

  delete(wanted: Wanted): void {
    const left = this.#each.filter(other => other !== wanted)
    this.#each = []
    this.isUnasked = false
    this.depth = 0
    this.budget = 0
    this.ownership = 'off'
    this.chain = false
    this.#types = null
    for (const other of left) this.add(other)
  }
}
