import type { Causes } from '../causes.ts'
import type { FileStreams } from '../ends/file-streams.ts'
import type { Ownership } from '../ends/ownership.ts'
import type { HookEvents } from '../hook-events.ts'
import type { Ledger } from '../ledger.ts'
import type { Origins } from '../origin.ts'
import type { Scopes } from '../tracked/scopes.ts'
import type { Opening, PendingStacks } from '../stacks/pending.ts'

export type Call = (this: unknown, ...args: unknown[]) => unknown

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
  miss(where: string, error: unknown): void
}
