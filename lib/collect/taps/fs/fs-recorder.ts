import type { Ownership } from '../../ends/ownership.ts'
import type { HookEvents } from '../../hook-events.ts'
import type { Closings } from '../closings.ts'
import type { Openings } from '../openings.ts'

export type Call = (this: unknown, ...args: unknown[]) => unknown

/** Where the taps on node:fs find their recorder: there is none until something is worth recording. */
export interface FsStandby {
  readonly recorder: FsRecorder | null
  /** The number that was opened last and made no recorder: most are closed next, and nobody needs to ask by whom. */
  passedOver: number | null
  /** Whether a function of node:fs is running that was called through its tap. */
  isPassing: boolean
  /**
   * Makes one if there is none yet and it is the program that calls `below`, rather than Node, which closes what it opens there. Null where
   * there is none.
   */
  wakeFor(below: object): FsRecorder | null
  /** As `wakeFor`, for a call that closes a number: those of the standard streams are no reason to make one. */
  wakeForNumber(fd: unknown, below: object): FsRecorder | null
  miss(where: string, error: unknown): void
}

/** What the taps on node:fs need of the recorder. */
export interface FsRecorder {
  readonly isRecording: boolean
  dropped: number
  readonly events: HookEvents
  readonly openings: Openings
  readonly closings: Closings
  readonly ownership: Ownership
  failed(error: unknown): void
  afterMs(): number
  fault(where: string, error: unknown): void
}
