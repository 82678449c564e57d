import { withoutReplacements } from '../../analyze/compare/replaced.ts'
import { outsideOf, scopedTo } from '../../analyze/compare/scoped.ts'
import { births } from '../../collect/settle.ts'
import type { OpenScope, Scopes } from '../../collect/tracked/scopes.ts'
import type { LeakError } from '../../model/errors.ts'
import type { KnownMatcher } from '../../model/matcher.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { AdapterSettings } from './settings.ts'
import type { Callable } from './within.ts'

/** How much is asked of the recording. */
export type Look = 'glance' | 'snapshot'

/** The file that a test stands in. */
interface TestFile {
  readonly scopes: Scopes
  readonly settings: AdapterSettings
  readonly recording: { readonly isIdle: boolean }
  look(look: Look): Snapshot
  judge(left: (look: Look) => Snapshot, allowed: readonly KnownMatcher[]): Promise<LeakError | null>
  forgive(left: Snapshot): void
  bear(left: Snapshot, allowed: readonly KnownMatcher[]): void
  leave(test: TestWatch): void
}

/** One test, from before its hooks until after them. */
export class TestWatch {
  /** What it may leave open. */
  readonly allowed: KnownMatcher[] = []
  readonly scope: OpenScope
  readonly #file: TestFile
  /** What was open when it began; null where that was nothing. */
  readonly #before: Snapshot | null
  #hasEnded = false

  /**
   * @param beside Scopes of the tests that run at the same time: this one replaces nothing of theirs
   */
  constructor(file: TestFile, scope: OpenScope, beside: ReadonlySet<number>) {
    this.#file = file
    this.scope = scope
    this.#before = file.recording.isIdle ? null : outsideOf(file.look('glance'), beside)
  }

  /** Calls the function; what it opens, and what it starts opens, belongs to this test. */
  apply(fn: Callable, thisArg: unknown, args: unknown[]): unknown {
    return this.#file.scopes.apply(this.scope, fn, thisArg, args)
  }

  /**
   * The error that the test fails with, after the event loop had time to close what is being closed; null where it left nothing
   * open, or has failed already: its own error goes before, and its leaks are blamed on nobody else.
   */
  async end(outcome: 'passed' | 'failed'): Promise<LeakError | null> {
    if (this.#hasEnded) return null
    this.#hasEnded = true
    try {
      // Tests that begin nothing follow upon each other without a tick between, and may rest on that.
      if (outcome === 'passed' && this.scope.hasBegun) await births()
      this.scope.isClosed = true
      if (this.#file.recording.isIdle) return null
      if (outcome === 'failed') this.#file.forgive(this.#left('glance'))
      else if (this.#file.settings.tests.per === 'test') return await this.#file.judge(look => this.#left(look), this.allowed)
      else this.#file.bear(this.#left('glance'), this.allowed)
      return null
    } finally {
      this.#file.leave(this)
    }
  }

  #left(look: Look): Snapshot {
    const after = this.#file.look(look)
    const left = scopedTo(after, this.scope.id)
    return this.#before === null ? left : withoutReplacements(this.#before, after, left)
  }
}
