import { createContext, runInContext } from 'node:vm'
import { Array } from '../intrinsics.ts'

/** A captured, unread stack. It keeps the receivers and closures of its frames alive (all Nodes), so it must not be kept. */
export interface RawStack {
  readonly stack?: unknown
  /** Its place among the brief ones, -1 if it has none. It lies here, and not with the opening, which lives far longer. */
  slot: number
  /** In whose callbacks it was captured; null where in none's, and once it was read. */
  callers: Callers | null
}

/** The stacks of requests, nearest first, raw or interned. */
export type Callers = readonly (RawStack | number)[]

interface RealmError {
  captureStackTrace: (target: object, below: object) => void
  prepareStackTrace: (error: unknown, sites: NodeJS.CallSite[]) => NodeJS.CallSite[]
  stackTraceLimit: number
}

/**
 * Captures init stacks through the `Error` of a realm of our own. V8 takes limit and prepareStackTrace from the realm
 * that captures and that owns the object, so neither the program's `Error.stackTraceLimit` (0, frozen, an accessor) nor
 * its `prepareStackTrace` is read or written, and `--frozen-intrinsics` does not reach it. One realm costs about 1 ms.
 */
export class StackCapture {
  /** V8's own function: every function of ours between it and the program costs what a frame costs that is kept. */
  readonly captureStackTrace: (raw: RawStack, below: object) => void
  readonly #error: RealmError
  readonly #make: () => RawStack

  constructor() {
    const realm = createContext({})
    this.#error = runInContext('Error', realm) as RealmError
    this.#error.prepareStackTrace = (_error, callSites) => callSites
    this.captureStackTrace = this.#error.captureStackTrace
    this.#make = runInContext('(function () { return { slot: -1, callers: null } })', realm) as () => RawStack
  }

  /** Where `captureStackTrace`, called next, puts a stack of so many frames. */
  prepare(depth: number): RawStack {
    this.#error.stackTraceLimit = depth
    return this.#make()
  }

  /** The stack of the caller of `below`, so many frames of it. */
  capture(below: object, depth: number): RawStack {
    const raw = this.prepare(depth)
    this.captureStackTrace(raw, below)
    return raw
  }

  /** The script that `below` was called from; null for native code. */
  callerOf(below: object): string | null {
    const callSites = this.capture(below, 1).stack
    // There are none where the program is out of stack.
    return Array.isArray(callSites) ? (callSites[0] as NodeJS.CallSite | undefined)?.getScriptNameOrSourceURL() ?? null : null
  }
}
