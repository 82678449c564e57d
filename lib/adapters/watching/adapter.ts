// adapters: what stands between leakwatch and a test runner, one runner a file. The runner tells when a test begins and ends;
// what was opened in between, and in whose scope, is recorded below. A leak is an error that the runner reports as its own.
// Flow: runner -> openFile -> FileWatch.begin -> TestWatch.run -> TestWatch.end -> LeakError.
import type { TapEarlier } from '../../collect/taps/fs/earlier.ts'
import { isLeakwatchError, LeakwatchError, typeGiven } from '../../model/errors.ts'
import type { Matcher } from '../../model/matcher.ts'
import { resolveMatchers } from '../../model/settings/options.ts'
import { InCommon } from '../../session/in-common.ts'
import { atExit } from '../../session/moments/exit.ts'
import { join, type Recording, recordScopes } from '../../session/recording.ts'
import { keepCode } from '../../session/loading/keep-code.ts'
import { say, tell } from '../../session/say.ts'
import { threadScopes } from '../../session/tracked/thread-scopes.ts'
import { threadTracking } from '../../session/tracked/tracking.ts'
import { FileWatch, type Running } from './file-watch.ts'
import { Hang } from './hang.ts'
import { type AdapterSettings, adapterSettings } from './settings.ts'

const protocol = 2
const common = new InCommon<Shared>('leakwatch.adapter', protocol)

interface Shared {
  readonly protocol: number
  readonly running: Running
  file: FileWatch
}

/**
 * The watch of a file of tests that begins now. The recording goes on from file to file, as long as the thread lives. Null where
 * nothing is recorded: `mode` is off, or leakwatch cannot run here, which is said once.
 *
 * @param own Packages of the runner, as beginnings of paths inside node_modules, whose resources are not the tests'
 * @param judgeProcess Called with the first file of a process that is judged as a whole; by default that is done as it ends
 * @param tapEarlier What meets functions of node:fs that were taken before; null where the runner loads us ahead of the tests
 */
export function openFile(own: readonly string[], judgeProcess: (file: FileWatch) => void = finishAtExit, tapEarlier: TapEarlier | null = null): FileWatch | null {
  const found = common.get()
  if (found !== null) return found.file = new FileWatch(found.running)
  const running = begin(own, tapEarlier)
  if (running === null) return null
  const file = new FileWatch(running)
  common.keep({ protocol, running, file })
  // The first file has seen all that came after it.
  if (running.settings.tests.per === 'process') judgeProcess(file)
  return file
}

/** As the entries' `allow`. */
export function allow(reason: string, matcher: Omit<Matcher, 'reason'> = { type: '*' }): void {
  if (typeof reason !== 'string' || reason === '') {
    throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `allow() wants a reason, but was given ${typeGiven(reason)}. Say why the leak is borne.`)
  }
  const [known] = resolveMatchers('known', [{ ...matcher, reason }])
  const file = common.get()?.file
  const owner = file?.current() ?? file
  owner?.allowed.push({ ...known, reason })
}

/**
 * Lets copies of the package that tests load into a realm of their own, whose `process` is another object, use what records here.
 */
export function shareWith(other: object): void {
  threadTracking()
  for (const key of Object.getOwnPropertySymbols(process)) {
    if (key.description?.startsWith('leakwatch.')) Object.defineProperty(other, key, Object.getOwnPropertyDescriptor(process, key)!)
  }
}

/** Whether the tests of this thread are watched: by a copy of the package that came before. */
export function isWatched(): boolean {
  return common.get() !== null
}

function begin(own: readonly string[], tapEarlier: TapEarlier | null): Running | null {
  const settings = adapterSettings(own)
  const recording = settings.settings.mode === 'off' ? null : joined(settings, tapEarlier)
  if (recording === null) return null
  const scopes = threadScopes()
  scopes.notesBegun = true
  recordScopes(scopes)
  return { recording, scopes, settings, hang: new Hang(settings.tests.hangMs) }
}

// The tests go on in a runtime where nothing can be recorded.
function joined({ settings, own }: AdapterSettings, tapEarlier: TapEarlier | null): Recording | null {
  try {
    return join(settings, own, tapEarlier)
  } catch (error) {
    if (!isLeakwatchError(error) || error.code !== 'ERR_LEAKWATCH_RUNTIME') throw error
    tell(`nothing is recorded: ${error.message}`)
    return null
  }
}

/**
 * Judges the file as the process ends, where its runner has no moment for that: prints what it left, and makes the process fail.
 *
 * @param isOfTests Whether the process has tests, which is asked at its end
 */
export function finishAtExit(watched: Pick<FileWatch, 'recording' | 'finishNow'>, isOfTests = () => true): void {
  atExit(() => {
    watched.recording.end()
    const error = isOfTests() ? watched.finishNow() : null
    if (error !== null) {
      say(`${error.message}\n`)
      process.exitCode ||= 1
    }
    keepCode()
  }, () => watched.recording.ending(), () => {})
}
