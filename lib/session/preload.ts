import { currentDirectory } from '../collect/snapshot/listing.ts'
import { threads } from '../collect/thread.ts'
import { isLeakwatchError } from '../model/errors.ts'
import { textOf } from '../model/text/thrown.ts'
import { baselineAt } from './baseline/baseline-at.ts'
import { collectedHandleOf } from './moments/crash.ts'
import { atExit, isSuccess } from './moments/exit.ts'
import { atSignal } from './moments/signal.ts'
import { Telling } from './moments/telling.ts'
import { haveWorkersLeaked, hearOfWorkers, tellMainThread } from './moments/worker-leaks.ts'
import { keepCode } from './loading/keep-code.ts'
import { say, tell } from './say.ts'
import { documents, type Plan } from './options/plan.ts'
import { readPlan } from './options/read-plan.ts'
import { join, type Recording } from './recording.ts'
import { misuseNotice } from './reports/reporting.ts'

/** Begins the recording that the environment asks for and arranges its reports. Never throws: what is wrong is said. */
export function preload(): void {
  const plan = readPlan(process.env, currentDirectory())
  // Workers inherit the environment: once a process is enough.
  if (threads().isMainThread) for (const note of plan.notes) tell(note)
  if (plan.settings.mode === 'off') return
  try {
    const recording = join(plan.settings)
    if (recording.isShared) return tell(`nothing is added: ${recording.from} records this process already.`)
    begin(plan, recording)
  } catch (error) {
    tell(isLeakwatchError(error) ? `nothing is recorded: ${error.message}` : `incomplete: it could not be begun (${textOf(error)}).`)
  }
}

function begin(plan: Plan, recording: Recording): void {
  const { baseline: path } = plan.settings
  const baseline = path === null ? null : baselineAt(path)
  // Most programs have nothing open at their end: what looks closer, judges and tells is not loaded for them.
  const isSilent = () => baseline === null && !documents.has(plan.format) && recording.isEmpty()
  let telling: Telling | null = null
  const tellings = () => telling ??= new Telling({ plan, recording, baseline })
  // Whether the process ends because the collector closed a FileHandle.
  let isCrash = false
  // At once, since the program may not live to see its report: a socket whose descriptor is gone ends the process.
  if (plan.format === 'text' && plan.output === null) recording.onMisuse(misused => quietly(() => say(misuseNotice(misused))))
  if (plan.when.has('exit')) {
    if (plan.exitCode !== null) hearOfWorkers()
    atExit(() => {
      quietly(() => {
        recording.reserve.release()
        recording.end()
        const found = isSilent() ? null : tellings().tell(isCrash ? 'crash' : 'exit')
        // A Worker may have been given an environment of its own.
        const isFailure = found !== null && found.leaks.length > 0 ? !tellMainThread() : haveWorkersLeaked()
        if (plan.exitCode !== null && isFailure) failWith(plan.exitCode)
      })
      keepCode()
    }, () => recording.ending(), error => quietly(() => {
      const handle = collectedHandleOf(error)
      if (handle === null) return
      const isCaught = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
      isCrash = tellings().tellCrash(handle) && !isCaught
    }))
  }
  if (plan.when.has('emfile') || plan.when.has('threshold')) recording.onShortage(plan.when, shortage => tellings().tellShortage(shortage))
  if (plan.when.has('signal') && plan.signal !== null && threads().isMainThread) reportAt(plan.signal, () => void tellings().tell('signal'))
}

function reportAt(signal: NodeJS.Signals, run: () => void): void {
  try {
    atSignal(signal, run)
  } catch (error) {
    tell(`no report is made at ${signal}, to which Node can't listen here (${(error as Error).message}). Choose another LEAKWATCH_SIGNAL, such as SIGUSR2.`)
  }
}

function quietly(run: () => void): void {
  try {
    run()
  } catch (error) {
    try {
      tell(`incomplete: what happens could not be told (${textOf(error)}).`)
    } catch {
      // Where the program has taken from strings or arrays what they do.
      say('leakwatch: incomplete: what happens could not be told.\n')
    }
  }
}

function failWith(code: number): void {
  if (isSuccess(process.exitCode)) process.exitCode = code
}
