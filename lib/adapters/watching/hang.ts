import { AsyncResource } from 'node:async_hooks'
import { threads } from '../../collect/thread.ts'
import { plainPolicy } from '../../model/matcher.ts'
import type { Recording } from '../../session/recording.ts'
import { say } from '../../session/say.ts'
import { renderAlive, report } from '../../session/reports/reporting.ts'

// Taken at load: a test may put fake timers in their place.
const { setTimeout, clearTimeout } = globalThis

/** Tells what keeps a process running whose tests are over. */
export class Hang {
  readonly #afterMs: number
  // A timer holds on to all that the AsyncLocalStorages carry where it is set: that of a test is its runner's state, and with it the realm of its file.
  readonly #outside = new AsyncResource('LEAKWATCH')
  #timer: NodeJS.Timeout | null = null

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /** From here on nothing runs that the process should wait for. */
  start(recording: Recording): void {
    this.stop()
    if (this.#afterMs === 0 || isEndedByRunner() || isToGoOn()) return
    // It does not make the process wait itself.
    this.#timer = recording.aside(() => this.#outside.runInAsyncScope(setTimeout, undefined, tell, this.#afterMs, recording).unref())
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

// Worker and forked process wait for the next file, however long that takes.
function isEndedByRunner(): boolean {
  return !threads().isMainThread || process.channel !== undefined
}

const watchFlags = ['-w', '--watch', '--watchAll']

// The runner waits for changes, then runs its tests anew.
function isToGoOn(): boolean {
  return watchFlags.some(flag => process.argv.includes(flag))
}

function tell(recording: Recording): void {
  const lines = renderAlive(report(recording.snapshot(), { reason: 'signal', policy: plainPolicy }))
  if (lines !== '') say(`leakwatch: the tests are over, but the process goes on.\n${lines}`)
}
