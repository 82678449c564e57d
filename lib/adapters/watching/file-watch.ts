import type { LeakError } from '../../model/errors.ts'
import type { KnownMatcher } from '../../model/matcher.ts'
import type { Scopes } from '../../collect/tracked/scopes.ts'
import type { Recording } from '../../session/recording.ts'
import type { Hang } from './hang.ts'
import { keepCode } from '../../session/loading/keep-code.ts'
import { tell } from '../../session/say.ts'
import { Judging } from './judging.ts'
import type { AdapterSettings } from './settings.ts'
import { TestWatch } from './test-watch.ts'

/** What goes on from file to file. */
export interface Running {
  readonly recording: Recording
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  readonly hang: Hang
}

const restingLimit = 64

/** The tests of one file, and what the file opens beside them. */
export class FileWatch {
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  /** What the whole file may leave open. */
  readonly allowed: KnownMatcher[] = []
  readonly recording: Recording
  readonly firstScope: number
  /** Absolute paths, where the runner has told them: a process may run many files one after the other. Several can't be told apart at times. */
  files: readonly string[] | null = null
  /** Whether some of its tests did not run, or failed for another reason. */
  isPartial = false
  readonly #hang: Hang
  /** By scope. */
  readonly #running = new Map<number, TestWatch>()
  /** Tests that are through, with nothing opened yet, and how each is judged if something is. */
  readonly #resting: { readonly test: TestWatch, readonly judge: () => void }[] = []
  #judging: Judging | null = null

  constructor({ recording, scopes, settings, hang }: Running) {
    this.scopes = scopes
    this.settings = settings
    this.recording = recording
    this.#hang = hang
    this.#hang.stop()
    if (!recording.isIdle) this.#judging = new Judging(this, recording.glance())
    this.firstScope = scopes.open('file').id
  }

  /** A test that begins now, before its hooks. */
  begin(name: string, around: TestWatch | null = null): TestWatch {
    const beside = new Set(this.#running.keys())
    for (let scope = around?.scope ?? null; scope !== null; scope = scope.around) beside.delete(scope.id)
    const test = new TestWatch(this, this.scopes.open(name, { around: around?.scope ?? null, isJudged: true }), beside)
    this.#running.set(test.scope.id, test)
    this.#hang.stop()
    return test
  }

  leave(test: TestWatch): void {
    this.#running.delete(test.scope.id)
    if (this.#running.size === 0) this.rest()
  }

  /**
   * Lets a test that has opened nothing go unjudged, as nothing was opened in the whole process; false where that is not so. If its
   * hooks or promises still come to open something, the first that does has it judged.
   */
  letRest(test: TestWatch, judge: () => void): boolean {
    if (!this.recording.isIdle || test.scope.hasBegun) return false
    if (this.#resting.length === 0) this.recording.whenAwake(() => this.#judgeResting())
    // Of so many at least the first are over.
    else if (this.#resting.length === restingLimit) this.#resting.shift()
    this.#resting.push({ test, judge })
    this.leave(test)
    return true
  }

  #judgeResting(): void {
    for (const { judge } of this.#resting.splice(0)) {
      try {
        judge()
      } catch {
        // It is over: what it opens now is the file's.
      }
    }
  }

  /** All tests are over: from here on it is told what keeps the process running, if it does. */
  rest(): void {
    this.#hang.start(this.recording)
  }

  /** The test that the caller belongs to. */
  current(): TestWatch | null {
    for (let scope = this.scopes.current(); scope !== null; scope = scope.around) {
      const { id } = scope
      const test = this.#running.get(id) ?? this.#resting.find(({ test }) => test.scope.id === id)?.test
      if (test !== undefined) return test
    }
    return null
  }

  /** What judges what is open; null while nothing was opened yet, and once something failed here: who closes what is not seen any more. */
  get judging(): Judging | null {
    const { isIdle, isBroken } = this.recording
    return isIdle || isBroken ? null : this.#judging ??= new Judging(this, null)
  }

  /**
   * The error that tells of what the file left open: its hooks, its top level, and its tests after they were over. Those are asked
   * for once they have all ended; null where there is nothing. Where the process alone is judged, that is another's to do, unless
   * it ends with the file.
   *
   * @param over Those of its files that are over; by default all
   */
  async finish(ends: 'file' | 'process' = 'file', over = this.files): Promise<LeakError | null> {
    const isDue = this.settings.tests.per !== 'process' || ends === 'process'
    const error = isDue ? await this.#judgingAtEnd?.judgeFile(over) ?? null : null
    sayWhatFailed(this.recording)
    // Not as the process ends: some runners kill theirs.
    keepCode()
    return error
  }

  /** Keeps what is open, which was opened as files were loaded, from being told with this one: hooks of another may be to close it. */
  holdBack(): void {
    // Where the process is judged, all files are over by then.
    if (this.settings.tests.per !== 'process') this.judging?.holdBack()
  }

  /** As `finish`, of what was held back, which may be any of those files'. */
  async finishHeldBack(files: readonly string[]): Promise<LeakError | null> {
    this.files = files
    return await this.judging?.judgeHeldBack() ?? null
  }

  /** As `finish`, where no turn of the event loop is to come any more, and for the whole process too. */
  finishNow(): LeakError | null {
    // Of a process that has failed, not all tests may have run.
    if (this.#running.size > 0 || Boolean(process.exitCode)) this.isPartial = true
    const error = this.#judgingAtEnd?.judgeFileNow(this.settings.tests.per === 'process' ? null : this.files) ?? null
    sayWhatFailed(this.recording)
    return error
  }

  // A file that opens nothing may have left something when it was put on file.
  get #judgingAtEnd(): Judging | null {
    const isOnFile = this.settings.settings.baseline !== null && !this.recording.isBroken
    return this.judging ?? (isOnFile ? new Judging(this, null) : null)
  }
}

let isSaid = false

// Nothing found is no acquittal where something was not seen.
function sayWhatFailed({ faults: [fault] }: Recording): void {
  if (fault === undefined || isSaid) return
  isSaid = true
  tell(`incomplete: a fault in ${fault.where}: ${fault.message}`)
}
