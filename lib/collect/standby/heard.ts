import type { TrackedTypes } from './tracked-types.ts'

/** Told of each new resource of a type that is not recorded. */
export interface Listener {
  readonly type: string
  readonly hear: (resource: object) => void
}

/** By what it is told which announced resources matter. */
export interface Heard {
  readonly tracked: TrackedTypes
  readonly listener: Listener | null
}
