import { resolve as absolute } from 'node:path'
import { scopedTo } from '../analyze/compare/scoped.ts'
import { emptySnapshot } from '../collect/snapshot/empty.ts'
import { currentDirectory } from '../collect/snapshot/listing.ts'
import { settle, settlingTurns } from '../collect/settle.ts'
import { tapEarlier } from '../collect/taps/fs/earlier.ts'
import { LeakwatchError } from '../model/errors.ts'
import { policyOf } from '../model/matcher.ts'
import type { Report } from '../model/report.ts'
import { optionNames, resolve } from '../model/settings/options.ts'
import type { Settings, WatchOptions } from '../model/settings/settings.ts'
import { requireOptions } from '../model/settings/values.ts'
import { snapshotSchema, type Snapshot } from '../model/snapshot.ts'
import { baselineAt } from './baseline/baseline-at.ts'
import { requireConfig } from './options/config.ts'
import { findOptions } from './options/file.ts'
import { join, type Recording } from './recording.ts'
import { report } from './reports/reporting.ts'
import { collect, mayBeRefused } from './tests/collector.ts'
import type { Scope } from './tracked/scope.ts'

/** What `check` compares with. */
export interface CheckOptions {
  /**
   * A snapshot of this watch's thread: what it holds is not reported.
   * @defaultValue the snapshot taken when the watch began
   */
  readonly since?: Snapshot
  /**
   * Reports only what was opened in this scope, or in one within it.
   * @defaultValue everything
   */
  readonly scope?: Pick<Scope, 'id'>
}

/** A session of recording. Ends at `stop()` or at the end of the block that declared it with `using`. */
export class Watch implements Disposable {
  readonly #settings: Settings
  readonly #recording: Recording | null
  readonly #began: Snapshot
  #isStopped = false

  constructor(settings: Settings) {
    this.#settings = settings
    Object.defineProperty(this, policyOf, { value: settings.policy })
    this.#recording = settings.mode === 'off' ? null : join(settings, [], tapEarlier)
    this.#began = this.#take()
  }

  /**
   * The resources that are open at this instant, as plain data (`leakwatch-snapshot/1`). Synchronous; survives
   * `JSON.stringify` unchanged.
   * @throws LeakwatchError `ERR_LEAKWATCH_STOPPED`
   * @example
   * const before = w.snapshot()
   */
  snapshot(): Snapshot {
    if (this.#isStopped) throw stopped('snapshot()')
    return this.#take()
  }

  /**
   * Resolves with a report on what was opened since and is still open, after the event loop had time to close what is
   * being closed: at once when nothing is open, at the latest after `settleMs`. A leak is a value here, never thrown.
   * @throws LeakwatchError `ERR_LEAKWATCH_STOPPED`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`,
   * `ERR_LEAKWATCH_ARGUMENT` when `since` is no snapshot of this thread, or `scope` no scope
   * @example
   * const { leaks } = await w.check({ since: before })
   */
  async check(options: CheckOptions = {}): Promise<Report> {
    if (this.#isStopped) throw stopped('check()')
    requireOptions(options, ['since', 'scope'])
    const { since = this.#began, scope } = options
    requireSnapshot(since, this.#began)
    if (scope !== undefined) requireScope(scope)
    const judge = (isAgain: boolean) => report(scope === undefined ? this.#take() : scopedTo(this.#take(), scope.id), { reason: 'api', since, policy: this.#settings.policy, isAgain })
    const baseline = baselineAt(this.#settings.baseline)
    const { policy: { isTest }, settleMs, types } = this.#settings
    const run = baseline?.runOfProcess({ isOver: false, types })
    let found = judge(false)
    let looks = 0
    await settle(() => {
      if (!this.#isStopped) found = judge(true)
      const { leaks, pending } = run === undefined ? found : baseline!.judge(found, run)
      // In a test, what may be left in flight has nobody who waits for it.
      if (leaks.length === 0 && (pending.length === 0 || isTest)) return true
      if (isTest && ++looks === settlingTurns && mayBeRefused(found)) collect()
      return false
    }, settleMs, () => this.#recording?.isLoading() ?? false)
    return run === undefined ? found : baseline!.settle(found, run).report
  }

  /** Ends the recording: every tap is taken back, unless another watch goes on. Does nothing the second time. */
  stop(): void {
    this.#isStopped = true
    this.#recording?.leave()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #take(): Snapshot {
    return this.#recording?.snapshot() ?? emptySnapshot()
  }
}

/**
 * Records from here on what this thread opens: descriptors, sockets and requests, each with the stack that opened it.
 * Watches share one AsyncHook, however many there are. Options that are not given come from the file that `LEAKWATCH_CONFIG` names,
 * or from the key `leakwatch` of the nearest package.json that has one.
 * @throws LeakwatchError `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`, `ERR_LEAKWATCH_RUNTIME`,
 * `ERR_LEAKWATCH_OTHER_COPY`, `ERR_LEAKWATCH_CONFIG`
 * @example
 * using w = watch({ types: ['fs'] })
 */
export function watch(options: WatchOptions = {}): Watch {
  return new Watch(settingsOf(options))
}

/**
 * The settings of a watch: its options, those of a file behind them.
 * @throws LeakwatchError as `watch`
 */
export function settingsOf(options: WatchOptions): Settings {
  requireOptions(options, optionNames)
  const cwd = currentDirectory()
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const settings = resolve({ ...requireConfig(findOptions(process.env, cwd)), ...given })
  const { baseline } = settings
  // Now: it is first read when something was found, and the program may be elsewhere by then.
  return baseline === null ? settings : Object.freeze({ ...settings, baseline: absolute(cwd ?? '/', baseline) })
}

function stopped(call: string): LeakwatchError {
  return new LeakwatchError('ERR_LEAKWATCH_STOPPED', `${call} was called on a watch that is stopped. Begin a new one with watch().`)
}

function requireSnapshot(since: unknown, began: Snapshot): void {
  const { schema, process, resources, closing } = (typeof since === 'object' && since !== null ? since : {}) as Partial<Snapshot>
  if (schema !== snapshotSchema || !Array.isArray(resources) || !Array.isArray(closing)) throw argument(`Option 'since' wants a snapshot (${snapshotSchema}), but was given ${String(schema ?? typeof since)}. Give what snapshot() returned.`)
  if (process?.pid === began.process.pid && process.threadId === began.process.threadId) return
  throw argument(`Option 'since' wants a snapshot of process ${began.process.pid}, thread ${began.process.threadId}, but was given one of process ${process?.pid}, thread ${process?.threadId}. Compare saved snapshots with diff().`)
}

function requireScope(scope: unknown): void {
  if (typeof scope === 'object' && scope !== null && Number.isSafeInteger((scope as Partial<Scope>).id)) return
  throw argument(`Option 'scope' wants a scope, but was given ${typeof scope === 'string' ? `'${scope}'` : typeof scope}. Give what scope() hands to its function.`)
}

function argument(message: string): LeakwatchError {
  return new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', message)
}
