import type { Deferred } from '../../session/tracked/deferred.ts'
import { ObjectTaps } from '../taps/method.ts'
import type { LendableConnection } from './lendable.ts'
import type { Borrowed, Watching } from './watching.ts'

/** A connection that belongs to no pool: its program's own, until its end. */
export abstract class OwnLending {
  protected readonly watching: Watching
  protected readonly taps = new ObjectTaps()
  readonly #connection: LendableConnection
  #borrowed: Borrowed | null = null

  constructor(watching: Watching, connection: LendableConnection) {
    this.watching = watching
    this.#connection = connection
  }

  /** Nothing is followed any more. */
  stop(): void {
    this.returned()
    this.#connection.stop()
    this.taps.undo()
  }

  protected lend(kind: string, opening: Deferred | null): void {
    this.#borrowed = opening === null ? null : this.watching.lend(kind, opening, null)
    if (this.#borrowed !== null) this.#connection.lend(this.#borrowed)
  }

  protected returned(): void {
    const borrowed = this.#borrowed
    this.#borrowed = null
    this.#connection.takeBack()
    this.#connection.gone()
    if (borrowed !== null) this.watching.takeBack(borrowed)
  }
}
