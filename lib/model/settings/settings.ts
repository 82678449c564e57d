import { type KnownMatcher, type Matcher, plainPolicy, type Policy } from '../matcher.ts'
import type { Group } from '../resource.ts'
import { typesOf } from '../type-table.ts'

/** How much is recorded: `full` with init stacks, `adaptive` with as many as the budget allows, `count` without, `off` nothing. */
export type Mode = 'off' | 'count' | 'adaptive' | 'full'

/**
 * What is done about a descriptor that is closed twice, by somebody else than its owner, or used after its close: `warn`
 * reports it, `throw` refuses it with an error.
 */
export type Ownership = 'off' | 'warn' | 'throw'

/** Options of `watch`; all optional. */
export interface WatchOptions {
  /**
   * `'full'` captures the stack of whatever is opened, `'count'` none. `'adaptive'`, for production, counts everything and captures stacks as
   * long as they take no more than the `budget`, then a sample of them, fairly by type. The assertions take it as `'full'`.
   * @defaultValue `'full'`
   */
  readonly mode?: Mode
  /**
   * The share of one core that stacks may take where the mode is `'adaptive'`: a number above 0 and up to 1. A hundredth is 0.01.
   * @defaultValue 0.01
   */
  readonly budget?: number
  /**
   * Groups (`fs`, `requests`, `net`, `process`, `watch`, `timers`, `http`, `other`, `tracked`, `all`) or types (`TCPWRAP`,
   * `fd`, …) to record. `other` and `all` take in whatever a newer Node announces.
   * @defaultValue `['fs', 'requests', 'net', 'process', 'watch', 'tracked']`
   */
  readonly types?: readonly string[]
  /**
   * Frames kept of each init stack, 0 to 64.
   * @defaultValue 16
   */
  readonly depth?: number
  /**
   * What is done about descriptors that are closed twice, by somebody else than their owner, or used after their close:
   * `'warn'` puts it in the report, once a site; `'throw'` makes the call fail before it does harm.
   * @defaultValue `'warn'`
   */
  readonly ownership?: Ownership
  /**
   * Whether the report tells how each leak was reached: the request, timer or connection in whose callback it was opened, and
   * what led to that. Costs a second stack for whatever the program opens or waits for.
   * @defaultValue `false`
   */
  readonly chain?: boolean
  /**
   * From which age on a request in flight is a leak, in milliseconds; null for never.
   * @defaultValue `null`
   */
  readonly pendingAfterMs?: number | null
  /**
   * What can't be a leak: left out of every report. The use of each matcher is counted in the report.
   * @defaultValue `[]`
   */
  readonly ignored?: readonly Matcher[]
  /**
   * Leaks of somebody else's: listed apart, each with the reason that its matcher gives.
   * @defaultValue `[]`
   */
  readonly known?: readonly KnownMatcher[]
  /**
   * Path of a file of leaks that are borne until they are mended, relative to the working directory, or to the file of options that it stands in; null
   * for none.
   * `LEAKWATCH_BASELINE_UPDATE=1` brings it up to date.
   * @defaultValue `null`
   */
  readonly baseline?: string | null
  /**
   * How long `check()` and the assertions wait, in milliseconds from 0 to 60,000, for what is open to close before they judge; what is clean is not
   * waited for. While threads load their code the time begins anew, up to ten times. What each look takes comes on top.
   * @defaultValue 500
   */
  readonly settleMs?: number
}

/** Options with every default filled in and every type spelled out. */
export interface Settings {
  readonly mode: Mode
  /** Share of one core that stacks may take where the mode is adaptive. */
  readonly budget: number
  readonly types: ReadonlySet<string>
  /** Whether nobody asked for types: then `fd` and the sockets are among them, and the others need not be looked up. */
  readonly isUnasked: boolean
  readonly depth: number
  readonly ownership: Ownership
  readonly chain: boolean
  readonly policy: Policy
  /** Path of the baseline. */
  readonly baseline: string | null
  readonly settleMs: number
}

export const strictness: Readonly<Record<Ownership, number>> = { off: 0, warn: 1, throw: 2 }
export const depthLimit = 64

// Taken at load: the program may put others in their place.
const { Set } = globalThis
const { apply } = Reflect
const { add } = Set.prototype

/** The settings of those who ask for nothing, where such groups are recorded by default. */
export function unaskedSettings(groups: readonly Group[]): Settings {
  let types: Set<string> | null = null
  return Object.freeze({
    mode: 'full', budget: 0.01, isUnasked: true, depth: 16, ownership: 'warn', chain: false, policy: plainPolicy, baseline: null, settleMs: 500,
    // Most processes open nothing: for them no type is looked up.
    get types() {
      if (types !== null) return types
      types = new Set()
      const names = typesOf(groups)
      for (let index = 0; index < names.length; index++) apply(add, types, [names[index]])
      return types
    },
  } satisfies Settings)
}
