import { anyUnmet, type TypeFacts, types, unmet } from '../../model/resource.ts'
import { Map, Set } from '../intrinsics.ts'

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
const known = new Set(types.keys())

/** What is recorded of that which Node announces, by type. */
export class TrackedTypes {
  readonly #facts = new Map<string, TypeFacts>()

  has(type: string): boolean {
    return this.#facts.has(type)
  }

  get(type: string): TypeFacts | undefined {
    return this.#facts.get(type)
  }

  /** Adds a type, and those that it can't be recorded without. */
  add(wanted: string): void {
    for (const type of [wanted, ...companions.get(wanted) ?? []]) {
      const facts = type === anyUnmet ? unmet(type) : types.get(type)
      if (facts !== undefined && facts.nature !== 'tag') this.#facts.set(type, facts)
    }
  }

  /** Whether a type that is not tracked is left out on purpose: it is known, or nobody asked for what is not. */
  leavesOut(type: string): boolean {
    return type === 'TickObject' || known.has(type) || !this.#facts.has(anyUnmet)
  }

  /** Adds a type that nobody has met. */
  addUnmet(type: string): TypeFacts {
    const facts = unmet(type)
    this.#facts.set(type, facts)
    return facts
  }
}
