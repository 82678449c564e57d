import type { MisuseCode } from './misuse.ts'
import type { Report } from './report.ts'

/** Every way of misusing leakwatch; public API, kept from release to release. */
export type ErrorCode =
  | 'ERR_LEAKWATCH_OPTION_UNKNOWN'
  | 'ERR_LEAKWATCH_OPTION_INVALID'
  | 'ERR_LEAKWATCH_ARGUMENT'
  | 'ERR_LEAKWATCH_STOPPED'
  | 'ERR_LEAKWATCH_OTHER_COPY'
  | 'ERR_LEAKWATCH_RUNTIME'
  | 'ERR_LEAKWATCH_CONFIG'
  | 'ERR_LEAKWATCH_NOT_REJECTED'
  | MisuseCode

const misuse = Symbol.for('leakwatch.LeakwatchError')
const leaked = Symbol.for('leakwatch.LeakError')

/** Thrown at the public boundary when leakwatch is misused: says what was given, what is wanted and what to do. */
export class LeakwatchError extends Error {
  readonly code: ErrorCode
  readonly [misuse] = true

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LeakwatchError'
    this.code = code
  }
}

/** Thrown by `assert…` functions alone: leaks were found, `.report` says which. */
export class LeakError extends Error {
  readonly code = 'ERR_LEAKWATCH_LEAK'
  declare readonly report: Report
  readonly [leaked] = true

  constructor(message: string, report: Report, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LeakError'
    // Its message tells it: whoever prints the error with its fields would print it twice.
    Object.defineProperty(this, 'report', { value: report, enumerable: false, configurable: true })
  }
}

/** What was given where a text that is not empty is wanted. */
export function typeGiven(value: unknown): string {
  return value === '' ? "''" : typeof value
}

/** Whether a value is a LeakwatchError, of whichever copy of the package. */
export function isLeakwatchError(value: unknown): value is LeakwatchError {
  return typeof value === 'object' && value !== null && misuse in value
}

/** Whether a value is a LeakError, of whichever copy of the package. */
export function isLeakError(value: unknown): value is LeakError {
  return typeof value === 'object' && value !== null && leaked in value
}

/** Whether a call failed for want of a descriptor: the process's own, or the machine's. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | null)?.code
  return code === 'EMFILE' || code === 'ENFILE'
}
