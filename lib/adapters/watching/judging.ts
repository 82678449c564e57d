import { acceptedBy, isOfPackage, isOfProgram } from '../../analyze/blame.ts'
import { withoutReplacements } from '../../analyze/compare/replaced.ts'
import { outsideOf, scopedTo } from '../../analyze/compare/scoped.ts'
import { Matching } from '../../analyze/match.ts'
import { settle, settlingTurns } from '../../collect/settle.ts'
import type { LeakError } from '../../model/errors.ts'
import { type KnownMatcher, plainPolicy } from '../../model/matcher.ts'
import type { Report } from '../../model/report.ts'
import type { Resource } from '../../model/resource.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { Baseline, BaselineRun } from '../../session/baseline/baseline.ts'
import { baselineAt } from '../../session/baseline/baseline-at.ts'
import type { Recording } from '../../session/recording.ts'
import { locate } from '../../session/reports/locate.ts'
import { hasFixed, renderBaseline, report } from '../../session/reports/reporting.ts'
import { say } from '../../session/say.ts'
import { collect, collectGarbage, mayBeRefused } from '../../session/tests/collector.ts'
import { leakError } from './leak-error.ts'
import type { AdapterSettings } from './settings.ts'

/** How much is asked of the recording. */
type Look = 'glance' | 'snapshot'

/** The file of tests that is judged. */
interface JudgedFile {
  readonly settings: AdapterSettings
  readonly allowed: readonly KnownMatcher[]
  readonly recording: Pick<Recording, 'glance' | 'isLoading' | 'snapshot'>
  /** What belongs to a scope before it is another file's. */
  readonly firstScope: number
  /** The files of tests that what is told may belong to, as absolute paths; null where the process is the file. */
  readonly files: readonly string[] | null
  /** Whether some of its tests did not run, or failed for another reason: what they leak was not seen. */
  readonly isPartial: boolean
}

/** A test as its end is judged. */
export interface JudgedTest {
  /** Its scope. */
  readonly id: number
  /** What was open when it began; null where that was nothing. */
  readonly before: Snapshot | null
  /** Milliseconds since the Unix epoch. */
  readonly beganAtMs: number
  readonly allowed: readonly KnownMatcher[]
}

/** Judges what tests and their file leave open. */
export class Judging {
  readonly #file: JudgedFile
  readonly #began: Snapshot | null
  /** Keys of what was told of a test, or is not to be told. */
  readonly #told = new Set<string>()
  /** What was told of tests, each by its scope. */
  readonly #toldOf: { readonly scope: number, readonly left: Snapshot }[] = []
  /** Keys of what is told after all files. */
  readonly #heldBack = new Set<string>()
  /** Scopes of tests that have failed for another reason: what goes on in them may still open something. */
  readonly #forgiven = new Set<number>()
  /** How many of each fingerprint were told of, borne or not. */
  readonly #met = new Map<string, number>()

  /**
   * @param began What was open when the file began; null where that was nothing
   */
  constructor(file: JudgedFile, began: Snapshot | null) {
    this.#file = file
    this.#began = began
  }

  get #baseline(): Baseline | null {
    return baselineAt(this.#file.settings.settings.baseline)
  }

  /** What is open, for tests to be compared with; without what belongs to some of their scopes. */
  outside(scopes: ReadonlySet<number>): Snapshot {
    return outsideOf(this.#look('glance'), scopes)
  }

  /** The error that tells of what a test left open; null where that is nothing. */
  async judge(test: JudgedTest): Promise<LeakError | null> {
    return await this.#judge(test, look => this.#leftBy(test, this.#look(look)), test.allowed)
  }

  /** Whether a test has nothing open, without a look at what the collector alone would close. */
  leavesNothing(test: JudgedTest): boolean {
    return !this.#file.settings.tests.collect && this.#untold(this.#leftBy(test, this.#look('glance'))).resources.length === 0
  }

  /** Keeps some of what is open from being told of the file: it is somebody else's. */
  setAside(keys: Iterable<string>): void {
    for (const key of keys) this.#told.add(key)
  }

  /** Keeps what is open from being told of the file: hooks of a later one may be to close it. */
  holdBack(): void {
    for (const { key } of this.#left('glance').resources) this.#heldBack.add(key)
    this.setAside(this.#heldBack)
  }

  /** The error that tells of what was held back, and is open still; null where that is nothing. */
  async judgeHeldBack(): Promise<LeakError | null> {
    const keys = new Set(this.#heldBack)
    if (keys.size === 0) return null
    this.#heldBack.clear()
    for (const key of keys) this.#told.delete(key)
    return await this.#judge(null, look => {
      const left = this.#left(look)
      return { ...left, resources: left.resources.filter(({ key }) => keys.has(key)) }
    }, [])
  }

  /** Keeps what a test leaves from being told later: it has failed for another reason. */
  forgive(test: JudgedTest): void {
    this.#forgiven.add(test.id)
    const after = this.#look('glance')
    // All of it: it may be told long after the test, when what it seems to replace was closed by others.
    this.#markTold(scopedTo(after, test.id))
    // What servers that were there before it took from it meanwhile, and may never have answered.
    for (const resource of after.resources) if (resource.openedAtMs >= test.beganAtMs && acceptedBy(resource) !== null) this.#told.add(resource.key)
  }

  /** Keeps what a test may leave from being told later. */
  bear(test: JudgedTest): void {
    if (test.allowed.length === 0) return
    const located = locate(this.#leftBy(test, this.#look('glance')))
    const matching = new Matching({ ...plainPolicy, known: test.allowed }, located)
    for (const resource of located.resources) if (matching.knownFor(resource) !== null) this.#told.add(resource.key)
  }

  /**
   * The error that tells of what the file left open; null where that is nothing.
   * @param over Those of the files that are over
   */
  async judgeFile(over = this.#file.files): Promise<LeakError | null> {
    const error = await this.#judge(null, look => this.#left(look), [])
    // What is on file and was not met has to be taken out of it, or named.
    if (this.#baseline !== null) sayFixed(this.#held(this.#report(this.#left('snapshot'), []), { files: over, isOver: true }))
    return error
  }

  /** As `judgeFile`, where no turn of the event loop is to come any more, and of all that the files are. */
  judgeFileNow(files = this.#file.files): LeakError | null {
    if (this.#baseline === null && this.#left('glance').resources.length === 0) return null
    const left = this.#held(this.#report(this.#left('snapshot'), []), { files, isOver: true })
    if (left.leaks.length > 0) return leakError(left, 'file')
    sayFixed(left)
    return null
  }

  // After the event loop had time to close what is being closed. Of a test, or of the file where there is none.
  async #judge(test: JudgedTest | null, left: (look: Look) => Snapshot, allowed: readonly KnownMatcher[]): Promise<LeakError | null> {
    const { tests, settings } = this.#file.settings
    if (tests.collect) await collectGarbage()
    const baseline = this.#baseline
    let found: Report | null = null
    let looks = 0
    let hasCollected = false
    await settle(() => {
      found = null
      if (this.#untold(left('glance')).resources.length === 0) return true
      // What is being closed is closed in the first turns, mostly: only then is it worth a report.
      if (++looks <= settlingTurns) return false
      const now = this.#untold(left('snapshot'))
      if (now.resources.length > 0) found = this.#report(now, allowed, looks > settlingTurns + 1)
      if (found === null || (baseline?.judge(found, this.#run(baseline, this.#file.files, false), this.#met) ?? found).leaks.length === 0) return true
      if (!hasCollected && mayBeRefused(found)) collect()
      hasCollected = true
      return false
    }, settings.settleMs, () => this.#file.recording.isLoading())
    if (found === null) return null
    const told = left('glance')
    this.#markTold(told)
    if (test !== null) this.#toldOf[this.#toldOf.length] = { scope: test.id, left: told }
    return this.#verdict(found, test === null ? 'file' : 'test')
  }

  #verdict(found: Report, judged: 'test' | 'file'): LeakError | null {
    const left = this.#held(found, { files: this.#file.files, isOver: false })
    return left.leaks.length === 0 ? null : leakError(left, judged)
  }

  // What the baseline does not bear.
  #held(found: Report, { files, isOver }: { readonly files: readonly string[] | null, readonly isOver: boolean }): Report {
    const baseline = this.#baseline
    const { left } = baseline?.settle(found, this.#run(baseline, files, isOver && !this.#file.isPartial), this.#met) ?? { left: found }
    for (const { fingerprint, count } of found.leaks) this.#met.set(fingerprint, (this.#met.get(fingerprint) ?? 0) + count)
    return left
  }

  #run(baseline: Baseline, files: readonly string[] | null, isOver: boolean): BaselineRun {
    return baseline.runOf(files, { isOver, types: this.#file.settings.settings.types })
  }

  #report(left: Snapshot, allowed: readonly KnownMatcher[], isAgain = false): Report {
    const { policy } = this.#file.settings.settings
    const known = [...policy.known, ...this.#file.allowed, ...allowed]
    const found = report(left, { reason: 'api', since: this.#began, policy: { ...policy, known, isTest: true }, isAgain })
    // Of one test most matchers say nothing.
    return { ...found, matchers: [] }
  }

  #markTold(left: Snapshot): void {
    for (const { key } of left.resources) this.#told.add(key)
  }

  #leftBy({ id, before }: JudgedTest, after: Snapshot): Snapshot {
    const left = scopedTo(after, id)
    return before === null ? left : withoutReplacements(before, after, left)
  }

  #left(look: Look): Snapshot {
    const after = this.#look(look)
    const untold = this.#untold(after)
    const again = this.#toldAgain(after, untold)
    const resources = untold.resources.filter(resource => {
      const { scope } = resource
      return scope === null || ((scope.ids[0] ?? 0) >= this.#file.firstScope && !scope.ids.some(id => this.#forgiven.has(id)) && !again.has(resource))
    })
    return { ...untold, resources, misuses: [], kernel: null }
  }

  // What goes on in a test, and took the place of what was told of it: an interval that is one timeout after the other.
  #toldAgain(after: Snapshot, untold: Snapshot): ReadonlySet<Resource> {
    const again = new Set<Resource>()
    for (const { scope, left } of this.#toldOf) {
      const opened = scopedTo(untold, scope)
      const others = new Set(withoutReplacements(left, after, opened).resources)
      for (const resource of opened.resources) if (!others.has(resource)) again.add(resource)
    }
    return again
  }

  // What is recorded, but for what the runner and Node keep for themselves: to tell of that would take a whole report at each end.
  #look(look: Look): Snapshot {
    const found = this.#file.recording[look]()
    const resources = found.resources.filter(resource => isOfProgram(resource, found) && !isOfPackage(resource, found, this.#file.settings.own))
    return { ...found, resources }
  }

  #untold(snapshot: Snapshot): Snapshot {
    return { ...snapshot, resources: snapshot.resources.filter(({ key }) => !this.#told.has(key)) }
  }
}

function sayFixed(left: Report): void {
  if (hasFixed(left)) say(`leakwatch: ${renderBaseline(left)}`)
}
