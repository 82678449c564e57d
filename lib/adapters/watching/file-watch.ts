import type { LeakError } from '../../model/errors.ts'
import type { KnownMatcher } from '../../model/matcher.ts'
import type { Scopes } from '../../collect/tracked/scopes.ts'
import type { Recording } from '../../session/recording.ts'
import type { Hang } from './hang.ts'
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

/** The tests of one file, and what the file opens beside them. */
export class FileWatch {
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  /** What the whole file may leave open. */
  readonly allowed: KnownMatcher[] = []
  readonly recording: Recording
  readonly firstScope: number
  readonly #hang: Hang
  /** By scope. */
  readonly #running = new Map<number, TestWatch>()
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

  /** What judges what is open; null while nothing was opened yet. */
  get judging(): Judging | null {
    return this.recording.isIdle ? null : this.#judging ??= new Judging(this, null)
  }

  /**
   * The error that tells of what the file left open: its hooks, its top level, and its tests after they were over. Those are asked
   * for once they have all ended; null where there is nothing. Where the process alone is judged, that is another's to do, unless
   * it ends with the file.
   */
  async finish(ends: 'file' | 'process' = 'file'): Promise<LeakError | null> {
    if (this.settings.tests.per === 'process' && ends === 'file') return null
    return await this.judging?.judgeFile() ?? null
  }

  /** As `finish`, where no turn of the event loop is to come any more, and for the whole process too. */
  finishNow(): LeakError | null {
    return this.judging?.judgeFileNow() ?? null
  }
}
