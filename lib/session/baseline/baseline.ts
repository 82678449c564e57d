import { basename, dirname } from 'node:path'
import { type BaselineEntry, entriesOf, heldAgainst, relativeTo, updated } from '../../analyze/compare/baseline.ts'
import { threads } from '../../collect/thread.ts'
import { packageName } from '../../model/path.ts'
import type { Report } from '../../model/report.ts'
import { textOf } from '../../model/text/thrown.ts'
import { tell } from '../say.ts'
import { changeBaseline, type Content, readBaseline } from './file.ts'

const none: ReadonlyMap<string, number> = new Map()

/** What a report is about: the process, or files of tests that it runs. */
export interface BaselineRun {
  /** The programs, as the baseline names them: one, unless several can't be told apart. */
  readonly programs: readonly string[]
  readonly isProcess: boolean
  /** Whether the report comes at the end of a run that was seen as a whole: only then anything is known to be fixed. */
  readonly isOver: boolean
  /** The types that were recorded: of none else is anything known to be fixed. */
  readonly types: ReadonlySet<string>
}

/** The process itself. */
interface Program {
  /** As the baseline names it. */
  readonly name: string
  /** Whether all that is to be seen of a run is seen in here. */
  readonly seesAll: boolean
}

/** How many of each fingerprint were told of already, where reports tell of each leak once. */
type Earlier = ReadonlyMap<string, number>

/** The leaks that are on file, as they were when the process began, and what the process has met since. */
export class Baseline {
  readonly #path: string
  readonly #directory: string
  readonly #isUpdating: boolean
  readonly #program: Program
  readonly #began: readonly BaselineEntry[]
  /** By program and fingerprint. */
  readonly #found = new Map<string, Map<string, BaselineEntry>>()
  /** Programs that are over, and were seen as a whole. */
  readonly #ended = new Set<string>()
  #now: Content
  /** Until somebody else is seen to have written the file since the process began. */
  #isAlone = true

  /** @throws Error that says what is wrong with the file, and with which entry */
  constructor(path: string, isUpdating: boolean) {
    this.#path = path
    this.#directory = dirname(path)
    this.#isUpdating = isUpdating
    this.#program = programIn(this.#directory)
    this.#now = readBaseline(path)
    this.#began = this.#now.entries
    if (this.#now.stamp === null && !isUpdating && threads().isMainThread) tell(`the baseline ${path} does not exist: LEAKWATCH_BASELINE_UPDATE=1 creates it.`)
  }

  /** The run of the process, `isOver` at its end: while it goes on, what was not met yet may still come. */
  runOfProcess({ isOver, types }: Pick<BaselineRun, 'isOver' | 'types'>): BaselineRun {
    return { programs: [this.#program.name], isProcess: true, isOver: isOver && this.#program.seesAll, types }
  }

  /**
   * The run of files of tests, which no other process runs.
   * @param files Absolute paths; null where the process is the file
   */
  runOf(files: readonly string[] | null, { isOver, types }: Pick<BaselineRun, 'isOver' | 'types'>): BaselineRun {
    if (files === null) return { ...this.runOfProcess({ isOver, types }), isProcess: false }
    return { programs: files.map(file => relativeTo(this.#directory, file)), isProcess: false, isOver, types }
  }

  /** The report held against the entries, and nothing else. */
  judge(report: Report, run: BaselineRun, earlier: Earlier = none): Report {
    return heldAgainst(report, {
      entries: this.#now.entries,
      file: relativeTo(report.process.cwd, this.#path),
      directory: this.#directory,
      over: run.isOver && report.complete ? run.programs : [],
      types: run.types,
      ended: this.#ended,
      isProcess: run.isProcess,
      met: new Set([...this.#found.values()].flatMap(entries => [...entries.keys()])),
      earlier,
    })
  }

  /**
   * The report held against the entries. Its leaks count as met from now on, and go into the file where that is to be
   * brought up to date: `left` are those that it does not bear then either.
   */
  settle(report: Report, run: BaselineRun, earlier: Earlier = none): { readonly report: Report, readonly left: Report } {
    const judged = this.judge(report, run, earlier)
    for (const program of run.programs) this.#meet(report, program, earlier)
    // A recording that broke off has not seen what it does not list.
    const isUpdated = this.#isUpdating && report.complete && this.#update(run)
    const left = isUpdated ? this.judge(report, run, earlier) : judged
    if (run.isOver && report.complete) for (const program of run.programs) this.#ended.add(program)
    return { report: { ...judged, baseline: { ...judged.baseline!, isUpdated } }, left }
  }

  #meet(report: Report, program: string, earlier: Earlier): void {
    const met = this.#foundIn(program)
    for (const found of entriesOf(report, this.#directory)) {
      const entry = { ...found, count: found.count + (earlier.get(found.fingerprint) ?? 0) }
      const most = met.get(entry.fingerprint)
      if (most === undefined || most.count < entry.count) met.set(entry.fingerprint, entry)
    }
  }

  #foundIn(program: string): Map<string, BaselineEntry> {
    let found = this.#found.get(program)
    if (found === undefined) this.#found.set(program, found = new Map())
    return found
  }

  #update({ programs, isProcess, isOver, types }: BaselineRun): boolean {
    try {
      this.#now = changeBaseline(this.#path, ({ entries, stamp }) => {
        this.#isAlone &&= stamp === this.#now.stamp
        // Other processes of the program may run beside this one.
        const isAll = isOver && (!isProcess || this.#isAlone)
        return programs.reduce((all, program) => updated(all, { began: this.#began, found: [...this.#foundIn(program).values()], program, isAll, isProcess, types }), entries)
      })
      return true
    } catch (error) {
      tell(`the baseline is not brought up to date: ${textOf(error)}.`)
      return false
    }
  }
}

/** The baseline in a file; null where it is broken, which is said. */
export function openBaseline(path: string): Baseline | null {
  try {
    return new Baseline(path, process.env.LEAKWATCH_BASELINE_UPDATE === '1')
  } catch (error) {
    if (threads().isMainThread) tell(`no baseline is used: ${textOf(error)}.`)
    return null
  }
}

// A Worker, and a process that a test runner of node_modules has forked, see a part of a run: what they do not meet may still leak.
function programIn(directory: string): Program {
  const { isMainThread } = threads()
  const script = process.argv[1]
  const name = script === undefined ? '[eval]' : packageName(script) === null ? relativeTo(directory, script) : `${packageName(script)}/${basename(script)}`
  const isForked = isMainThread && script !== undefined && packageName(script) !== null && process.channel !== undefined
  return { name: isMainThread ? name : `${name} (Worker)`, seesAll: isMainThread && !isForked }
}
