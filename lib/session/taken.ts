import { capture } from '../collect/snapshot/capture.ts'
import { emptySnapshot } from '../collect/snapshot/empty.ts'
import type { Kernel } from '../collect/snapshot/kernel.ts'
import { withTags } from '../collect/tracked/resources.ts'
import type { Standby } from '../collect/standby/standby.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { Reserve } from './reserve.ts'
import { begunTracking } from './tracked/begun.ts'

/** Where a snapshot is taken from. */
interface Source {
  readonly standby: Standby
  readonly kernel: Kernel
  readonly reserve: Reserve
}

/**
 * What is recorded and tracked at this instant. Where nothing is recorded, the tags.
 *
 * @param types Null for all that is recorded
 * @param kernel Null where it is not to be asked
 */
export function taken(source: Source | null, types: ReadonlySet<string> | null, kernel: Kernel | null): Snapshot {
  const snapshot: Snapshot = source === null ? { ...emptySnapshot(), mode: 'full' } : captured(source, types, kernel)
  const begun = types === null || types.has('tracked') ? begunTracking() : null
  return begun === null ? snapshot : withTags(snapshot, begun.tags)
}

function captured({ standby, reserve }: Source, types: ReadonlySet<string> | null, kernel: Kernel | null): Snapshot {
  const recorder = standby.wake()
  if (recorder === null) return { ...emptySnapshot(), complete: false, faults: [...standby.faults] }
  return capture({ recorder, kernel, types: types ?? recorder.types, own: reserve.fd })
}
