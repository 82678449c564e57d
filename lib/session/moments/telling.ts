import type { Report, ReportReason } from '../../model/report.ts'
import type { Baseline } from '../baseline/baseline.ts'
import { Output } from '../output.ts'
import { say, tell as complain } from '../say.ts'
import { documents, type Plan } from '../options/plan.ts'
import type { Recording } from '../recording.ts'
import { hasFixed, render, renderText, report } from '../reports/reporting.ts'
import { type CollectedHandle, reportOn } from './crash.ts'

interface Told {
  readonly plan: Plan
  readonly recording: Recording
  readonly baseline: Baseline | null
}

/** The reports of a process under the preload, put where its plan says. */
export class Telling {
  readonly #plan: Plan
  readonly #recording: Recording
  readonly #baseline: Baseline | null
  readonly #output: Output
  // What was told as the process crashed, or as descriptors ran out, is not told again.
  #crash: Report | null = null
  #shortage: Report | null = null

  constructor({ plan, recording, baseline }: Told) {
    this.#plan = plan
    this.#recording = recording
    this.#baseline = baseline
    this.#output = new Output(plan.output)
  }

  /** Tells what is open. Returns what leaks once the baseline is up to date, null where the report failed. */
  tell(reason: ReportReason): Report | null {
    const { reserve } = this.#recording
    // Our own failure is said, never thrown: at exit it would change how the program ends.
    try {
      reserve.release()
      return this.#produce(reason)
    } catch (error) {
      complain(`incomplete: the report failed (${(error as Partial<Error> | null)?.stack ?? String(error)}).`)
      return null
    } finally {
      if (!isLast(reason)) reserve.refill()
    }
  }

  /**
   * Descriptors ran out, or few are left: past that threshold the program goes on, and what leaks in the end is told then. Returns whether anybody was
   * found who holds some.
   */
  tellShortage(shortage: 'emfile' | 'threshold'): boolean {
    const found = this.tell(shortage)
    if (shortage === 'emfile') this.#shortage = found
    return found === null || found.leaks.length > 0
  }

  /**
   * The collector closed a FileHandle, and Node is about to end the process for it. Returns whether the crash is told of, now or before: its report at the
   * end is that of a crash then.
   */
  tellCrash(handle: CollectedHandle): boolean {
    const found = reportOn(handle, report(this.#recording.snapshot(), { reason: 'crash', policy: this.#plan.settings.policy }))
    // Where standard error takes reports as a document, nothing else may stand there.
    if (found !== null && (!documents.has(this.#plan.format) || this.#plan.output !== null)) say(renderText(found))
    this.#crash = found ?? this.#crash
    return this.#crash !== null
  }

  #produce(reason: ReportReason): Report {
    const { format, settings: { policy } } = this.#plan
    const { report: found, left } = this.#held(report(this.#recording.snapshot(), { reason, policy }))
    const hasNews = found.leaks.length > 0 || found.misuses.length > 0 || !found.complete || !isLast(reason) || hasFixed(found)
    if ((hasNews && !this.#isTold(found)) || documents.has(format)) {
      const colour = this.#output.isTerminal && (process.env.NO_COLOR ?? '') === ''
      this.#output.write(render(found, format, { colour }), () => renderText(found))
    }
    return left
  }

  // At a signal, or as descriptors run out, the run is not over; one that fails has not come to all that may leak.
  #held(found: Report): { readonly report: Report, readonly left: Report } {
    if (this.#baseline === null) return { report: found, left: found }
    const hasFailed = found.reason === 'crash' || Number(process.exitCode ?? 0) !== 0
    const run = this.#baseline.runOfProcess({ isOver: isLast(found.reason) && !hasFailed, types: this.#plan.settings.types })
    if (isLast(found.reason)) return this.#baseline.settle(found, run)
    const judged = this.#baseline.judge(found, run)
    return { report: judged, left: judged }
  }

  #isTold({ reason, leaks, misuses }: Report): boolean {
    const told = this.#crash ?? this.#shortage
    if (told === null || !isLast(reason) || this.#plan.output !== null || misuses.length > 0) return false
    return leaks.every(leak => told.leaks.some(({ fingerprint, count }) => fingerprint === leak.fingerprint && count === leak.count))
  }
}

function isLast(reason: ReportReason): boolean {
  return reason === 'exit' || reason === 'crash'
}
