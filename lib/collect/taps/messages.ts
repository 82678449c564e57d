import { Array, Object, ownValue, Reflect } from '../intrinsics.ts'
import { channelId } from '../standby/node-calls.ts'
import { callSitesAbove } from '../stacks/callers.ts'
import { readStack } from '../stacks/read-stack.ts'
import { clientFrames } from '../stacks/scripts.ts'
import type { RawStack, StackCapture } from '../stacks/stack.ts'
import { threads } from '../thread.ts'
import { tap, type Undo } from './tap.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Call = (this: unknown, ...args: unknown[]) => unknown

// A program that waits for each answer with a listener of its own adds them without end.
const looksLimit = 32

/** What the tap on who listens to messages needs. */
export interface MessagesStandby {
  readonly stacks: StackCapture
  miss(where: string, error: unknown): void
}

/**
 * Where the program began to listen to messages of the process that made this one, which may hand over sockets and servers with them: Node makes their handles
 * with no line of the program on the stack. Seen where Node counts who listens to the channel; if it does so no more: what is handed over has no line.
 */
export class Messages {
  /** The asyncId of the channel that they come over; -1 where there is none. */
  readonly channelId = channelId()
  readonly #standby: MessagesStandby
  #looks = 0
  #listeners = 0
  #next: RawStack | null = null
  #last: RawStack | null = null

  constructor(standby: MessagesStandby) {
    this.#standby = standby
  }

  /** Null where no process made this one with a channel to it. */
  tap(): Undo | null {
    // In a Worker Node may refuse to be asked.
    if (!threads().isMainThread) return null
    const { channel } = process
    if (channel === undefined || channel === null) return null
    return tap<Call>(Object.getPrototypeOf(channel) as object, 'refCounted', original => {
      const note = (counted: unknown) => {
        if (counted === process.channel) this.#note(refCounted)
      }
      function refCounted(this: unknown, ...args: unknown[]): unknown {
        note(this)
        return apply(original, this, args)
      }
      return refCounted
    })
  }

  /** The stack of the call that added the last listener; null where none was seen. */
  get listening(): RawStack | null {
    this.#settle()
    return this.#last
  }

  // Before the listener is there: whether it is one of messages is seen when it is.
  #note(below: object): void {
    try {
      this.#settle()
      if (this.#looks === looksLimit) return
      this.#looks++
      this.#listeners = countListeners()
      this.#next = readStack(callSitesAbove(below, clientFrames, this.#standby))
    } catch (error) {
      // A program that is out of stack is about to learn that itself.
      if (!(error instanceof RangeError)) this.#standby.miss('process.channel', error)
    }
  }

  #settle(): void {
    if (this.#next !== null && countListeners() > this.#listeners) this.#last = this.#next
    this.#next = null
  }
}

function countListeners(): number {
  const listeners = ownValue((ownValue(process, '_events') ?? {}) as object, 'message')
  return Array.isArray(listeners) ? listeners.length : listeners === undefined ? 0 : 1
}
