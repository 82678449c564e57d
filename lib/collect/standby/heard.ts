import type { Causes } from '../causes.ts'
import type { FileStreams } from '../ends/file-streams.ts'
import type { Ledger } from '../ledger.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Origins } from '../origin.ts'
import type { PendingStacks } from '../stacks/pending.ts'
import type { Sites } from '../stacks/sites.ts'
import type { Table } from '../table.ts'
import type { Scopes } from '../tracked/scopes.ts'
import type { Listeners } from './listeners.ts'
import type { TrackedTypes } from './tracked-types.ts'

/** By what it is told which announced resources matter. */
export interface Heard {
  readonly tracked: TrackedTypes
  readonly listeners: Listeners
}

/** What takes down what the hook hears. */
export interface RecorderParts {
  readonly table: Table
  readonly ledger: Ledger
  readonly sites: Sites
  readonly origins: Origins
  readonly lifecycle: Lifecycle
  readonly pending: PendingStacks | null
  readonly causes: Causes | null
  readonly scopes: Scopes | null
  readonly fileStreams: FileStreams
  readonly held: number
  readonly crowdedAt: number
  sweep(): void
  crowded(): boolean
  afterMs(): number
  failed(error: unknown): void
  fault(where: string, error: unknown): void
}
