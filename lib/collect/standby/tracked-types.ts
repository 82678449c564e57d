import { anyUnmet, factsOf, type TypeFacts, unmet } from '../../model/type-table.ts'
import { Map } from '../own-collections.ts'

// Requests whose completion yields an open resource, or closes one: recorded with it even when not asked for.
const socketTypes = ['TCPWRAP', 'PIPEWRAP', 'TCPSERVERWRAP', 'PIPESERVERWRAP']
const companions: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['fd', ['FSREQCALLBACK']],
  ['FILEHANDLE', ['FSREQPROMISE']],
  ['DIRHANDLE', ['FSREQCALLBACK', 'FSREQPROMISE']],
  ['TCPWRAP', ['TCPSERVERWRAP']],
  ['PIPEWRAP', ['PIPESERVERWRAP']],
  ['PIPESERVERWRAP', ['TCPSERVERWRAP']],
  ['TLSWRAP', socketTypes],
  ...['HTTPCLIENTREQUEST', 'HTTPINCOMINGMESSAGE', 'HTTP2SESSION', 'HTTP2STREAM'].map(type => [type, ['TLSWRAP', ...socketTypes]] as const),
])

/** What is recorded of that which Node announces, by type. */
export class TrackedTypes {
  readonly #facts = new Map<string, TypeFacts>()

  has(type: string): boolean {
    return this.#facts.has(type)
  }

  get(type: string): TypeFacts | undefined {
    return this.#facts.get(type)
  }

  /** Adds types, and those that they can't be recorded without. */
  addAll(wanted: Iterable<string>): void {
    for (const type of wanted) {
      this.#add(type)
      for (const companion of companions.get(type) ?? []) this.#add(companion)
    }
  }

  /** Whether a type that is not tracked is left out on purpose: it is known, or nobody asked for what is not. */
  leavesOut(type: string): boolean {
    return type === 'TickObject' || factsOf(type) !== undefined || !this.#facts.has(anyUnmet)
  }

  /** Whether a resource of such a type is a reason to record. */
  isReason(type: string): boolean {
    // Of no interest in itself, but the first port shows where FileHandles are posted from.
    return this.#facts.has(type) || type === 'MESSAGEPORT' || !this.leavesOut(type)
  }

  /** Adds a type that nobody has met. */
  addUnmet(type: string): TypeFacts {
    const facts = unmet(type)
    this.#facts.set(type, facts)
    return facts
  }

  #add(type: string): void {
    const facts = type === anyUnmet ? unmet(type) : factsOf(type)
    if (facts !== undefined && facts.nature !== 'tag') this.#facts.set(type, facts)
  }
}
