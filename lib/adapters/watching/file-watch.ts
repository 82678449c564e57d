import { isOfPackage, isOfProgram } from '../../analyze/blame.ts'
import { Matching } from '../../analyze/match.ts'
import type { Scopes } from '../../collect/tracked/scopes.ts'
import { settle, settlingTurns } from '../../collect/settle.ts'
import type { LeakError } from '../../model/errors.ts'
import { type KnownMatcher, plainPolicy } from '../../model/matcher.ts'
import type { Report } from '../../model/report.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { baselineAt } from '../../session/baseline/baseline-at.ts'
import type { Recording } from '../../session/recording.ts'
import { locate } from '../../session/reports/locate.ts'
import { report } from '../../session/reports/reporting.ts'
import { collect, collectGarbage, mayBeRefused } from '../../session/tests/collector.ts'
import type { Hang } from './hang.ts'
import { leakError } from './leak-error.ts'
import type { AdapterSettings } from './settings.ts'
import { type Look, TestWatch } from './test-watch.ts'

/** What goes on from file to file. */
export interface Running {
  readonly recording: Recording
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  readonly hang: Hang
}

/** The tests of one file, and what the file opens beside them. */
export class FileWatch {
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  /** What the whole file may leave open. */
  readonly allowed: KnownMatcher[] = []
  readonly recording: Recording
  readonly #hang: Hang
  /** What was open when it began; null where that was nothing. */
  readonly #began: Snapshot | null
  readonly #firstScope: number
  /** By scope. */
  readonly #running = new Map<number, TestWatch>()
  /** Keys of what was told of a test, or is not to be told. */
  readonly #told = new Set<string>()

  constructor({ recording, scopes, settings, hang }: Running) {
    this.scopes = scopes
    this.settings = settings
    this.recording = recording
    this.#hang = hang
    this.#hang.stop()
    this.#began = recording.isIdle ? null : recording.glance()
    this.#firstScope = scopes.open('file').id
  }

  /** A test that begins now, before its hooks. */
  begin(name: string, around: TestWatch | null = null): TestWatch {
    const beside = new Set(this.#running.keys())
    for (let scope = around?.scope ?? null; scope !== null; scope = scope.around) beside.delete(scope.id)
    const test = new TestWatch(this, this.scopes.open(name, around?.scope ?? null), beside)
    this.#running.set(test.scope.id, test)
    this.#hang.stop()
    return test
  }

  leave(test: TestWatch): void {
    this.#running.delete(test.scope.id)
    if (this.#running.size === 0) this.rest()
  }

  /** Nothing is to come that the process should go on for. */
  rest(): void {
    this.#hang.start(this.recording)
  }

  /** The test that the caller belongs to. */
  current(): TestWatch | null {
    for (let scope = this.scopes.current(); scope !== null; scope = scope.around) {
      const test = this.#running.get(scope.id)
      if (test !== undefined) return test
    }
    return null
  }

  /**
   * The error that tells of what the file left open: its hooks, its top level, and its tests after they were over. Those are asked
   * for once they have all ended; null where there is nothing. Where the process alone is judged, that is another's to do, unless
   * it ends with the file.
   */
  async finish(ends: 'file' | 'process' = 'file'): Promise<LeakError | null> {
    if (this.settings.tests.per === 'process' && ends === 'file') return null
    return await this.judge(look => this.#left(look), this.allowed)
  }

  /** As `finish`, where no turn of the event loop is to come any more, and for the whole process too. */
  finishNow(): LeakError | null {
    if (this.recording.isIdle || this.#left('glance').resources.length === 0) return null
    return this.#verdict(this.#report(this.#left('snapshot'), this.allowed))
  }

  /** Keeps the resources of a snapshot from being told later. */
  forgive(left: Snapshot): void {
    for (const { key } of left.resources) this.#told.add(key)
  }

  /** Keeps from being told later what matchers bear. */
  bear(left: Snapshot, allowed: readonly KnownMatcher[]): void {
    if (allowed.length === 0) return
    const located = locate(left)
    const matching = new Matching({ ...plainPolicy, known: allowed }, located)
    for (const resource of located.resources) if (matching.knownFor(resource) !== null) this.#told.add(resource.key)
  }

  /** The error that tells of what is left, after the event loop had time to close what is being closed; null where that is nothing. */
  async judge(left: (look: Look) => Snapshot, allowed: readonly KnownMatcher[]): Promise<LeakError | null> {
    if (this.settings.tests.collect) await collectGarbage()
    if (this.recording.isIdle) return null
    const baseline = baselineAt(this.settings.settings.baseline)
    let found: Report | null = null
    let looks = 0
    let hasCollected = false
    await settle(() => {
      found = null
      if (this.#untold(left('glance')).resources.length === 0) return true
      // What is being closed is closed in the first turns, mostly: only then is it worth a report.
      if (++looks <= settlingTurns) return false
      const now = this.#untold(left('snapshot'))
      if (now.resources.length > 0) found = this.#report(now, allowed)
      if (found === null || (baseline?.judge(found, 'midway') ?? found).leaks.length === 0) return true
      if (!hasCollected && mayBeRefused(found)) collect()
      hasCollected = true
      return false
    }, this.settings.settings.settleMs)
    if (found === null) return null
    this.forgive(left('glance'))
    return this.#verdict(found)
  }

  #verdict(found: Report): LeakError | null {
    const { left } = baselineAt(this.settings.settings.baseline)?.settle(found) ?? { left: found }
    return left.leaks.length === 0 ? null : leakError(left)
  }

  #report(left: Snapshot, allowed: readonly KnownMatcher[]): Report {
    const { policy } = this.settings.settings
    const known = [...policy.known, ...this.allowed, ...allowed]
    const found = report(left, { reason: 'api', since: this.#began, policy: { ...policy, known, isTest: true } })
    // Of one test most matchers say nothing.
    return { ...found, matchers: [] }
  }

  /** What is recorded, but for what the runner and Node keep for themselves: to tell of that would take a whole report at each end. */
  look(look: Look): Snapshot {
    const found = this.recording[look]()
    const resources = found.resources.filter(resource => isOfProgram(resource, found) && !isOfPackage(resource, found, this.settings.own))
    return { ...found, resources }
  }

  // What belongs to a scope that was opened before this file is another file's.
  #left(look: Look): Snapshot {
    const after = this.#untold(this.look(look))
    const resources = after.resources.filter(({ scope }) => scope === null || (scope.ids[0] ?? 0) >= this.#firstScope)
    return { ...after, resources, misuses: [], kernel: null }
  }

  #untold(snapshot: Snapshot): Snapshot {
    return { ...snapshot, resources: snapshot.resources.filter(({ key }) => !this.#told.has(key)) }
  }
}
