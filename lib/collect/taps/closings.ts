import type { LeakwatchError } from '../../model/errors.ts'
import type { Ownership } from '../ends/ownership.ts'
import type { Descriptor, Ledger } from '../ledger.ts'
import { type Opening, skipped } from '../stacks/opening.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import { fsScript } from '../stacks/scripts.ts'
import type { ClosingRequests } from './closing-requests.ts'

interface Recorded {
  readonly ledger: Ledger
  readonly ownership: Ownership
  readonly pending: PendingStacks | null
  readonly events: { readonly closingRequests: ClosingRequests }
  noteEnd(opening: Opening, below: object): number
  fault(where: string, error: unknown): void
}

/** What is known of a number as it is being closed. */
interface Closing {
  readonly descriptor: Descriptor | null
  /** Thrown instead of closing a number that is not the caller's, where that was asked for. */
  readonly refusal: LeakwatchError | null
}

const unknown: Closing = { descriptor: null, refusal: null }

/** Takes what `fs.close` and `fs.closeSync` close out of the ledger; each of them is `below`. */
export class Closings {
  readonly #recorded: Recorded

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  /** A number is about to be closed. */
  begin(fd: unknown, below: object): Closing {
    const { ledger, ownership } = this.#recorded
    try {
      const descriptor = ledger.get(fd as number) ?? null
      return { descriptor, refusal: ownership.checkClose(fd, descriptor, below) }
    } catch (error) {
      this.#recorded.fault('fs.close', error)
      return unknown
    }
  }

  /**
   * Its close was begun, and can only succeed.
   *
   * @param request That was made before the call; null where the call has made it
   */
  begun(descriptor: Descriptor, below: object, request: unknown): void {
    descriptor.isClosing = true
    try {
      this.#noteEnd(descriptor, below)
      this.#recorded.events.closingRequests.begun(descriptor, request)
    } catch (error) {
      this.#recorded.fault('fs.close', error)
    }
  }

  /** It was closed. */
  end(descriptor: Descriptor, below: object): void {
    const { ledger, ownership } = this.#recorded
    try {
      if (this.#isNodesOwn(descriptor, below)) ownership.passed(descriptor.fd)
      else this.#noteEnd(descriptor, below)
      ledger.end(descriptor)
    } catch (error) {
      this.#recorded.fault('fs.closeSync', error)
    }
  }

  /**
   * Its close was refused. Returns what is thrown: where somebody whom no tap saw (native code, another thread) had closed it already, that
   * may be told.
   */
  failed(descriptor: Descriptor, error: unknown, below: object): unknown {
    if ((error as NodeJS.ErrnoException).code !== 'EBADF') return error
    const { ledger, ownership } = this.#recorded
    try {
      const refusal = ownership.wasClosedUnseen(descriptor, below)
      ledger.end(descriptor)
      return refusal ?? error
    } catch (fault) {
      this.#recorded.fault('fs.closeSync', fault)
      return error
    }
  }

  // readFileSync and its like close what they open, in the call: no line of the program does, and reading two stacks would cost more than
  // the file. Their stack, which is still raw, is dropped.
  #isNodesOwn({ stack }: Descriptor, below: object): boolean {
    return typeof stack !== 'number' && this.#recorded.pending?.stacks.callerOf(below) === fsScript
  }

  #noteEnd(descriptor: Descriptor, below: object): void {
    const closed = this.#recorded.noteEnd(descriptor, below)
    const { fd, path, stack } = descriptor
    this.#recorded.ownership.closed(fd, path, typeof stack === 'number' && stack !== skipped ? stack : -1, closed)
  }
}
