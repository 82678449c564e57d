import { births } from '../../collect/settle.ts'
import type { OpenScope, Scopes, Within } from '../../collect/tracked/scopes.ts'
import { nowMs } from '../../model/clock.ts'
import type { LeakError } from '../../model/errors.ts'
import type { KnownMatcher } from '../../model/matcher.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { JudgedTest, Judging } from './judging.ts'
import type { AdapterSettings } from './settings.ts'

/** The file that a test stands in. */
interface TestFile {
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  /** Null while nothing was opened yet. */
  readonly judging: Judging | null
  isPartial: boolean
  leave(test: TestWatch): void
}

/** One test, from before its hooks until after them. */
export class TestWatch {
  /** What it may leave open. */
  readonly allowed: KnownMatcher[] = []
  readonly scope: OpenScope
  /** Calls a function; what it opens, and what it starts opens, belongs to this test. */
  readonly apply: Within
  readonly #file: TestFile
  /** What was open when it began; null where that was nothing. */
  readonly #before: Snapshot | null
  readonly #beganAtMs = nowMs()
  #hasEnded = false

  /**
   * @param beside Scopes of the tests that run at the same time: this one replaces nothing of theirs
   */
  constructor(file: TestFile, scope: OpenScope, beside: ReadonlySet<number>) {
    this.#file = file
    this.scope = scope
    this.apply = file.scopes.within(scope)
    this.#before = file.judging?.outside(beside) ?? null
  }

  /**
   * The error that the test fails with, after the event loop had time to close what is being closed; null where it left nothing
   * open, or has failed already: its own error goes before, and its leaks are blamed on nobody else.
   */
  async end(outcome: 'passed' | 'failed'): Promise<LeakError | null> {
    if (this.#hasEnded) return null
    this.#hasEnded = true
    if (outcome === 'failed') this.#file.isPartial = true
    try {
      // Tests that begin nothing follow upon each other without a tick between, and may rest on that.
      if (outcome === 'passed' && this.scope.hasBegun) await births()
      this.scope.isClosed = true
      const { judging, settings } = this.#file
      if (judging === null) return null
      if (outcome === 'failed') judging.forgive(this.#judged)
      else if (settings.tests.per === 'test') return await judging.judge(this.#judged)
      else judging.bear(this.#judged)
      return null
    } finally {
      this.#file.leave(this)
    }
  }

  /** As `end`, of a test that passed, began nothing and left nothing, within this call; false where it is not known to have done so. */
  endAtOnce(): boolean {
    const { judging } = this.#file
    if (this.#hasEnded || this.scope.hasBegun || !(judging?.leavesNothing(this.#judged) ?? true)) return false
    this.#hasEnded = true
    this.scope.isClosed = true
    this.#file.leave(this)
    return true
  }

  get #judged(): JudgedTest {
    return { id: this.scope.id, before: this.#before, beganAtMs: this.#beganAtMs, allowed: this.allowed }
  }
}
