import { invalidOption, requireNumber, requireOptions } from '../../model/settings/values.ts'
import type { Site } from '../../model/site.ts'
import { tagsOf, type Tracker } from '../../session/tracked/tracker.ts'

/** Something that is held for long, or was and has come back. */
export interface Loan {
  /** As in reports: `pg.Client`, `mysql2.Connection`. */
  readonly kind: string
  readonly name: string | null
  /** Where it was borrowed; null where stacks are not captured. */
  readonly site: Site | null
  /** Text of the statement that it was last used for, literals masked, without parameters; null where there was none. */
  readonly lastQuery: string | null
  readonly heldForMs: number
}

/** Options of `watchPool` and its like; all optional. */
export interface DatabaseOptions {
  /** What is opened is tracked by this tracker alone. @defaultValue the process-wide one */
  readonly tracker?: Tracker
  /** Tells these from others in reports: a text, or a function that is asked at each opening, say for the route that is being served. */
  readonly name?: string | (() => string | undefined)
  /** A client that is held longer is told of. @defaultValue never */
  readonly heldMs?: number
  /** Told once of each client that is held longer than `heldMs`. @defaultValue writes to standard error */
  readonly onHeld?: (loan: Loan) => void
  /** Told of one that `onHeld` was told of, when it returns after all. @defaultValue writes a line to standard error */
  readonly onReturned?: (loan: Loan) => void
}

const optionNames: readonly (keyof DatabaseOptions)[] = ['tracker', 'name', 'heldMs', 'onHeld', 'onReturned']
// Of Node's timers; a longer one would fire at once.
const longestMs = 2 ** 31 - 1

/**
 * That options are what `watchPool`, or whoever takes those names, takes.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function requireDatabaseOptions(options: DatabaseOptions, valid = optionNames): void {
  requireOptions(options, valid)
  const { tracker, name, heldMs, onHeld, onReturned } = options
  if (tracker !== undefined && tagsOf(tracker) === null) throw invalidOption('tracker', tracker, 'a Tracker')
  if (name !== undefined && typeof name !== 'string' && typeof name !== 'function') throw invalidOption('name', name, 'a text or a function')
  if (heldMs !== undefined) requireNumber('heldMs', heldMs, longestMs)
  if (onHeld !== undefined && typeof onHeld !== 'function') throw invalidOption('onHeld', onHeld, 'a function')
  if (onReturned !== undefined && typeof onReturned !== 'function') throw invalidOption('onReturned', onReturned, 'a function')
}
