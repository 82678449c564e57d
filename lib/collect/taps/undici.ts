import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { asObject, valueOfSymbol } from '../node-internals.ts'
import type { Origins } from '../origin.ts'
import { WeakMap } from '../own-collections.ts'
import type { Opening } from '../stacks/opening.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import { clientFrames } from '../stacks/scripts.ts'
import type { Entry } from '../table.ts'
import type { Scopes } from '../tracked/scopes.ts'

const created = 'undici:request:create'
const sent = 'undici:client:sendHeaders'

interface Recorded {
  readonly isRecording: boolean
  readonly lifecycle: { entryOf(handle: object): Entry | undefined }
  readonly origins: Origins
  readonly pending: PendingStacks | null
  readonly scopes: Scopes | null
  afterMs(): number
  fault(where: string, error: unknown): void
}

/** The call that asked for a request; marked with the scope that it was made in. */
interface Asked {
  readonly opening: Opening
  /** Milliseconds since the recording began. */
  readonly afterMs: number
}

interface Published {
  readonly request?: unknown
  readonly socket?: unknown
}

/**
 * Whose request a socket of undici serves, be it Node's own behind fetch or the one from npm: who holds a socket now answers for it, not who opened it. As
 * undici tells those who listen to its channels; where it does so no more, a socket stays with the line that opened it.
 */
export class UndiciRequests {
  readonly #recorded: Recorded
  readonly #asked = new WeakMap<object, Asked>()
  readonly #uses = new WeakMap<Entry, number>()
  readonly #onCreated: (message: unknown) => void
  readonly #onSent: (message: unknown) => void

  constructor(recorded: Recorded) {
    this.#recorded = recorded
    this.#onCreated = message => this.#attempt(() => this.#create((message as Published).request))
    this.#onSent = message => this.#attempt(() => this.#send(message as Published))
  }

  start(): void {
    subscribe(created, this.#onCreated)
    subscribe(sent, this.#onSent)
  }

  stop(): void {
    unsubscribe(created, this.#onCreated)
    unsubscribe(sent, this.#onSent)
  }

  /** How often a socket was taken for a request that it was not opened for. */
  usesOf(entry: Entry): number {
    return this.#uses.get(entry) ?? 0
  }

  #attempt(run: () => void): void {
    const { isRecording, pending } = this.#recorded
    if (!isRecording || pending === null) return
    try {
      run()
    } catch (error) {
      this.#recorded.fault('undici', error)
    }
  }

  #create(given: unknown): void {
    const request = asObject(given)
    if (request === null) return
    const asked = { opening: this.#recorded.origins.current() ?? this.#capture(), afterMs: this.#recorded.afterMs() }
    this.#recorded.scopes?.attach(asked)
    this.#asked.set(request, asked)
  }

  #capture(): Opening {
    const opening: Opening = { stack: -1, facts: { type: 'TCPWRAP' } }
    this.#recorded.pending?.captureBrief(opening, this.#onCreated, clientFrames)
    return opening
  }

  #send({ request, socket }: Published): void {
    const asked = this.#asked.get(asObject(request) ?? this)
    const handle = valueOfSymbol(asObject(socket) ?? {}, 'kHandle')
    const entry = handle === null ? undefined : this.#recorded.lifecycle.entryOf(handle)
    if (asked === undefined || entry?.state !== 'open') return
    const uses = this.#uses.get(entry)
    // Undici opens one to spare where it has lost one: that was there before whoever is the first to take it.
    const isOpenedFor = uses === undefined && entry.openedAfterMs >= asked.afterMs
    this.#uses.set(entry, isOpenedFor ? 0 : (uses ?? 0) + 1)
    if (!isOpenedFor) entry.openedAfterMs = this.#recorded.afterMs()
    if (entry.parent === asked.opening) return
    entry.parent = asked.opening
    entry.stack = -1
    this.#recorded.scopes?.move(entry, asked)
  }
}
