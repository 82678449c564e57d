import { currentDirectory } from '../collect/snapshot/kernel.ts'
import { threads } from '../collect/thread.ts'
import { isLeakwatchError } from '../model/errors.ts'
import type { Report, ReportReason } from '../model/report.ts'
import type { Baseline } from './baseline/baseline.ts'
import { baselineAt } from './baseline/baseline-at.ts'
import { readConfig } from './config.ts'
import { documents, type Plan, readEnv } from './env.ts'
import { type CollectedHandle, collectedHandleOf, reportOn } from './moments/crash.ts'
import { atExit } from './moments/exit.ts'
import { Output, say } from './output.ts'
import { join, type Recording } from './recording.ts'
import { misuseNotice, render, report } from './reports/reporting.ts'
import { whyUnsupported } from './runtime.ts'

/** Begins the recording that the environment asks for and arranges its reports. Never throws: what is wrong is said. */
export function preload(): void {
  const plan = readEnv(process.env, readConfig(process.env, currentDirectory()))
  // Workers inherit the environment: once a process is enough.
  if (threads().isMainThread) for (const note of plan.notes) tell(note)
  if (plan.settings.mode === 'off') return
  const why = whyUnsupported()
  if (why !== null) return tell(`nothing is recorded: ${why}`)
  try {
    const recording = join(plan.settings)
    if (recording.isShared) return tell(`nothing is added: ${recording.from} records this process already.`)
    begin(plan, recording)
  } catch (error) {
    if (!isLeakwatchError(error)) throw error
    tell(`nothing is recorded: ${error.message}`)
  }
}

function begin(plan: Plan, recording: Recording): void {
  const output = new Output(plan.output)
  let told: Report | null = null
  let lastShortage: Report | null = null
  let isCaught = false
  const baseline = baselineAt(plan.settings.baseline)
  const make = (reason: ReportReason) => produce(plan, recording, output, { reason, told: told ?? lastShortage, baseline })
  // At once, since the program may not live to see its report: a socket whose descriptor is gone ends the process.
  if (plan.format === 'text' && plan.output === null) recording.onMisuse(misused => quietly(() => say(misuseNotice(misused))))
  if (plan.when.has('exit')) {
    atExit(() => {
      const found = make(told !== null && !isCaught ? 'crash' : 'exit')
      if (found !== null && plan.exitCode !== null && found.leaks.length > 0) failWith(plan.exitCode)
    }, error => {
      const handle = collectedHandleOf(error)
      if (handle === null) return
      isCaught = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
      quietly(() => { told = tellCrash(plan, recording, handle) })
    })
  }
  if (plan.when.has('emfile') || plan.when.has('threshold')) {
    recording.onShortage(plan.when, shortage => {
      const found = make(shortage)
      // Past the threshold the program goes on: what leaks in the end is told then.
      if (shortage === 'emfile') lastShortage = found
    })
  }
  if (plan.when.has('signal') && plan.signal !== null && threads().isMainThread) process.on(plan.signal, () => make('signal'))
}

// Where standard error takes reports as a document, nothing else may stand there.
function tellCrash(plan: Plan, recording: Recording, handle: CollectedHandle): Report | null {
  const found = reportOn(handle, report(recording.snapshot(), { reason: 'crash', policy: plan.settings.policy }))
  if (found !== null && (!documents.has(plan.format) || plan.output !== null)) say(render(found, 'text', { colour: false }))
  return found
}

interface Occasion {
  readonly reason: ReportReason
  /** What was told as the process crashed or descriptors ran out: not told again. */
  readonly told: Report | null
  readonly baseline: Baseline | null
}

// Our own failure is said, never thrown: at exit it would change how the program ends. What is handed back is what still leaks
// once the baseline is up to date.
function produce(plan: Plan, recording: Recording, output: Output, { reason, told, baseline }: Occasion): Report | null {
  recording.reserve.release()
  try {
    // Most programs have nothing open at their end: what looks closer, judges and tells is not loaded for them.
    if (reason === 'exit' && baseline === null && !documents.has(plan.format) && recording.isEmpty()) return null
    const { report: found, left } = held(report(recording.snapshot(), { reason, policy: plan.settings.policy }), baseline)
    const hasNews = found.leaks.length > 0 || found.misuses.length > 0 || !found.complete || !isLast(reason) || hasFixed(found)
    const isTold = told !== null && isLast(reason) && plan.output === null && tells(told, found)
    if ((hasNews && !isTold) || documents.has(plan.format)) {
      const colour = output.isTerminal && (process.env.NO_COLOR ?? '') === ''
      output.write(render(found, plan.format, { colour }))
    }
    return left
  } catch (error) {
    tell(`incomplete: the report failed (${error instanceof Error ? error.stack : String(error)}).`)
    return null
  } finally {
    if (!isLast(reason)) recording.reserve.refill()
  }
}

// At a signal, or as descriptors run out, the run is not over: what was not met yet may still come.
function held(found: Report, baseline: Baseline | null): { readonly report: Report, readonly left: Report } {
  if (baseline === null) return { report: found, left: found }
  if (isLast(found.reason)) return baseline.settle(found)
  const judged = baseline.judge(found, 'midway')
  return { report: judged, left: judged }
}

function isLast(reason: ReportReason): boolean {
  return reason === 'exit' || reason === 'crash'
}

function hasFixed({ baseline }: Report): boolean {
  return baseline !== null && baseline.entries.some(({ state }) => state === 'fixed')
}

function quietly(run: () => void): void {
  try {
    run()
  } catch (error) {
    tell(`incomplete: what happens could not be told (${error instanceof Error ? error.message : String(error)}).`)
  }
}

function tells(told: Report, { leaks, misuses }: Report): boolean {
  return misuses.length === 0 && leaks.every(leak => told.leaks.some(({ fingerprint, count }) => fingerprint === leak.fingerprint && count === leak.count))
}

function failWith(code: number): void {
  if (process.exitCode === undefined || process.exitCode === 0) process.exitCode = code
}

function tell(sentence: string): void {
  say(`leakwatch: ${sentence}\n`)
}
