import type { OpenScope, Scopes } from '../../collect/tracked/scopes.ts'
import { scopedTo } from '../../analyze/compare/scoped.ts'
import { LeakwatchError, typeGiven } from '../../model/errors.ts'
import { plainPolicy } from '../../model/matcher.ts'
import type { Report } from '../../model/report.ts'
import { requireOptions } from '../../model/settings/values.ts'
import { begunRecording, recordScopes } from '../recording.ts'
import { requireFunction } from '../require-function.ts'
import { taken } from '../taken.ts'
import { report } from '../reports/reporting.ts'
import { threadScopes } from './thread-scopes.ts'

/** A running or closed scope, as its function is given it. */
export interface Scope {
  readonly name: string
  /** Tells it from other scopes of the same name in this thread. */
  readonly id: number
  /**
   * What was opened in it, or in a scope within it, and is open at this instant: tags, and what a watch or the preload
   * records.
   */
  report(): Report
}

export interface ScopeOptions {
  readonly name: string
  /**
   * Called with what is still open when the function has returned, or its promise has settled. An error of it is thrown by the scope, or rejects its
   * promise, unless the function failed itself.
   */
  readonly onClose?: (report: Report) => void
}

/**
 * Calls the function and returns what it returns; whatever is opened meanwhile by it, and by what it starts, belongs to the
 * scope, under its name in every report. The scope closes when the function has returned or its promise has settled: what is
 * opened in it later is named as such. Scopes nest, and may run side by side.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`; and whatever the function throws
 * @example
 * await scope(`GET ${path}`, () => handle(request))
 */
export function scope<T>(given: string | ScopeOptions, fn: (scope: Scope) => T): T {
  const { name, onClose } = requireScope(given, fn)
  const scopes = threadScopes()
  recordScopes(scopes)
  const opened = scopes.open(name)
  const handle: Scope = { name, id: opened.id, report: () => reportOn(opened) }
  return closing(scopes, opened, () => fn(handle), () => onClose?.(handle.report()))
}

/** As `scope`, for a function that is judged for itself alone: what it opens is no affair of whatever is judged beside it. */
export function judgedScope<T>(name: string, fn: (scope: OpenScope) => T): T {
  const scopes = threadScopes()
  recordScopes(scopes)
  const opened = scopes.open(name, { isJudged: true })
  return closing(scopes, opened, () => fn(opened), () => {})
}

function reportOn({ id }: OpenScope): Report {
  const recording = begunRecording()
  return report(scopedTo(taken(recording, null, recording?.kernel ?? null), id), { reason: 'api', policy: plainPolicy })
}

function closing<T>(scopes: Scopes, opened: OpenScope, run: () => T, onClosed: () => void): T {
  const close = () => {
    opened.isClosed = true
    onClosed()
  }
  let result: T
  let hasThrown = true
  try {
    result = scopes.run(opened, run)
    hasThrown = false
  } finally {
    // What is caught and thrown again Node would show with a line of ours.
    if (hasThrown) quietly(close)
  }
  if (!isThenable(result)) {
    close()
    return result
  }
  // A query of a library may begin with its `then`, and give nothing back.
  const promise = result instanceof Promise ? result : scopes.run(opened, () => Promise.resolve(result))
  return promise.then(value => {
    close()
    return value
  }, (error: unknown) => {
    quietly(close)
    throw error
  }) as T
}

// The error of the function comes first.
function quietly(close: () => void): void {
  try {
    close()
  } catch {
    // It has closed all the same.
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && 'then' in value && typeof value.then === 'function'
}

function requireScope(given: string | ScopeOptions, fn: unknown): ScopeOptions {
  const options = typeof given === 'string' ? { name: given } : given
  requireOptions(options, ['name', 'onClose'])
  if (typeof options.name !== 'string' || options.name === '') throw argument(`A scope wants a name, but was given ${typeGiven(options.name)}. Give for instance scope('request 42', fn).`)
  if (options.onClose !== undefined && typeof options.onClose !== 'function') throw argument(`Option 'onClose' of a scope wants a function, but was given ${typeof options.onClose}.`)
  requireFunction(fn, 'scope()')
  return options
}

function argument(message: string): LeakwatchError {
  return new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', message)
}
