import type { Causes } from '../causes.ts'
import type { FileStreams } from '../ends/file-streams.ts'
import type { Ownership } from '../ends/ownership.ts'
import type { HookEvents } from '../hook-events.ts'
import type { Ledger } from '../ledger.ts'
import type { Origins } from '../origin.ts'
import type { Scopes } from '../tracked/scopes.ts'
import type { Opening, PendingStacks } from '../stacks/pending.ts'

export type Call = (this: unknown, ...args: unknown[]) => unknown

/** Where the taps on node:fs find their recorder: there is none until something is worth recording. */
export interface FsStandby {
  /**
   * Makes one if there is none yet and it is the program that calls `below`, rather than Node, which closes what it opens there. Null where
   * there is none.
   */
  wakeFor(below: object): FsRecorder | null
  /** As `wakeFor`, for a call that is given a number: those of the standard streams are no reason to make one. */
  wakeForNumber(fd: unknown, below: object): FsRecorder | null
  miss(where: string, error: unknown): void
}

/** What the taps on node:fs need of the recorder. */
export interface FsRecorder {
  readonly ledger: Ledger
  readonly origins: Origins
  readonly pending: PendingStacks | null
  readonly isRecording: boolean
  readonly events: HookEvents
  readonly ownership: Ownership
  readonly causes: Causes | null
  readonly scopes: Scopes | null
  readonly fileStreams: FileStreams
  /** Notes that an opening ends by the caller of `below`. */
  noteEnd(opening: Opening, below: object): number
  readonly held: number
  readonly crowdedAt: number
  crowded(): boolean
  failed(error: unknown): void
  afterMs(): number
  fault(where: string, error: unknown): void
}
