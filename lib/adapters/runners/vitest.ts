import { type LeakError, LeakwatchError } from '../../model/errors.ts'
import { openFile } from '../watching/adapter.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import { inProject } from '../watching/project.ts'

interface Task {
  readonly name: string
  /** Whether it is meant to fail. */
  readonly fails?: boolean | undefined
  readonly suite?: Task | undefined
  readonly file?: File | undefined
  readonly mode?: string | undefined
  /** Of a suite. */
  readonly tasks?: readonly Task[] | undefined
  readonly result?: { readonly state: string, readonly errors?: readonly Partial<LeakError>[] | undefined } | undefined
}

interface File extends Task {
  readonly filepath: string
  readonly projectName?: string | undefined
}

type Around = (fn: (run: () => Promise<void>, context: { readonly task: Task }) => Promise<void>) => void

/** The exports of `vitest` that an adapter needs. */
export interface Vitest {
  readonly aroundEach?: Around | undefined
  readonly aroundAll?: Around | undefined
}

const own = ['vitest/', '@vitest/', 'tinypool/']

/** Watches the tests of the file that is being set up. */
export function watchVitest({ aroundEach, aroundAll }: Vitest): void {
  if (aroundEach === undefined || aroundAll === undefined) {
    throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', 'leakwatch/vitest needs Vitest 4.1 or later, which has aroundEach and aroundAll. Upgrade vitest, or use assertNoLeaks() in single tests.')
  }
  const file = openFile(own)
  if (file === null) return
  let tests: File | undefined
  aroundAll(async run => {
    await run()
    if (tests === undefined || hasSkipped(tests)) file.isPartial = true
    // Most of its processes are killed: there is no other moment.
    const error = await file.finish('process')
    if (error !== null) throw withoutReport(error)
  })
  aroundEach(async (run, { task }) => {
    tests = task.file
    if (tests !== undefined) file.files = [inProject(tests.filepath, tests.projectName)]
    const test = file.begin(fullName(task))
    await test.apply(run, undefined, [])
    for (const error of task.result?.errors ?? []) hideOwnFrames(withoutReport(error))
    // Thrown, it would be the failure that such a test is meant to have.
    const error = await test.end(task.result?.state === 'fail' || task.fails === true ? 'failed' : 'passed')
    if (error !== null) throw withoutReport(error)
  })
}

// Its reporters print each field that an error has: behind its text came the whole report.
function withoutReport<T extends Partial<LeakError>>(error: T): T {
  if (error.code === 'ERR_LEAKWATCH_LEAK') Reflect.deleteProperty(error, 'report')
  return error
}

// Whether something did not run: of what has been filtered Vitest says that it is skipped.
function hasSkipped({ tasks, mode, result }: Task): boolean {
  return mode !== 'todo' && (tasks === undefined ? mode === 'skip' || result === undefined : tasks.some(hasSkipped))
}

function fullName({ name, suite }: Task): string {
  return suite === undefined || suite.name === '' ? name : `${fullName(suite)} > ${name}`
}
