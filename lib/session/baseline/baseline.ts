import { basename, dirname } from 'node:path'
import { type BaselineEntry, entriesOf, heldAgainst, relativeTo, updated } from '../../analyze/compare/baseline.ts'
import { threads } from '../../collect/thread.ts'
import { packageName } from '../../model/path.ts'
import type { Report } from '../../model/report.ts'
import { textOf } from '../../model/text/thrown.ts'
import { say } from '../say.ts'
import { changeBaseline, type Content, readBaseline } from './file.ts'

const none: ReadonlyMap<string, number> = new Map()

/** The leaks that are on file, as they were when the process began, and what the process has met since. */
export class Baseline {
  readonly #path: string
  readonly #directory: string
  readonly #isUpdating: boolean
  readonly #program: string
  /** Whether the process sees all of a run of the program. */
  readonly #isWhole: boolean
  readonly #began: readonly BaselineEntry[]
  readonly #found = new Map<string, BaselineEntry>()
  #now: Content
  /** Until somebody else is seen to have written the file since the process began. */
  #isAlone: boolean

  /** @throws Error that says what is wrong with the file, and with which entry */
  constructor(path: string, isUpdating: boolean) {
    this.#path = path
    this.#directory = dirname(path)
    this.#isUpdating = isUpdating
    const { program, isWhole } = programOf(this.#directory)
    this.#program = program
    this.#isWhole = isWhole
    this.#isAlone = isWhole
    this.#now = readBaseline(path)
    this.#began = this.#now.entries
    if (this.#now.stamp === null && !isUpdating && threads().isMainThread) tell(`the baseline ${path} does not exist: LEAKWATCH_BASELINE_UPDATE=1 creates it.`)
  }

  /**
   * The report held against the entries, and nothing else; midway through a run nothing is known to be fixed.
   * @param earlier How many of each fingerprint were told of already, where reports tell of each leak once
   */
  judge(report: Report, when: 'midway' | 'over' = 'over', earlier = none): Report {
    return heldAgainst(report, {
      entries: this.#now.entries,
      file: relativeTo(report.process.cwd, this.#path),
      directory: this.#directory,
      program: this.#isWhole && when === 'over' && report.complete ? this.#program : null,
      met: new Set(this.#found.keys()),
      earlier,
    })
  }

  /**
   * The report held against the entries. Its leaks count as met from now on, and go into the file where that is to be
   * brought up to date: `left` are those that it does not bear then either.
   */
  settle(report: Report, earlier = none): { readonly report: Report, readonly left: Report } {
    const judged = this.judge(report, 'over', earlier)
    for (const found of entriesOf(report, this.#directory)) {
      const entry = { ...found, count: found.count + (earlier.get(found.fingerprint) ?? 0) }
      const most = this.#found.get(entry.fingerprint)
      if (most === undefined || most.count < entry.count) this.#found.set(entry.fingerprint, entry)
    }
    // A recording that broke off has not seen what it does not list.
    if (!this.#isUpdating || !report.complete) return { report: judged, left: judged }
    try {
      this.#now = changeBaseline(this.#path, ({ entries, stamp }) => {
        this.#isAlone &&= stamp === this.#now.stamp
        return updated(entries, { began: this.#began, found: [...this.#found.values()], program: this.#program, isAlone: this.#isAlone })
      })
    } catch (error) {
      tell(`the baseline is not brought up to date: ${messageOf(error)}.`)
    }
    return { report: judged, left: this.judge(report, 'over', earlier) }
  }
}

/** The baseline in a file; null where it is broken, which is said. */
export function openBaseline(path: string): Baseline | null {
  try {
    return new Baseline(path, process.env.LEAKWATCH_BASELINE_UPDATE === '1')
  } catch (error) {
    if (threads().isMainThread) tell(`no baseline is used: ${messageOf(error)}.`)
    return null
  }
}

// A Worker, and a process that a test runner of node_modules has forked, see a part of a run: what they do not meet may still leak.
function programOf(directory: string): { readonly program: string, readonly isWhole: boolean } {
  const { isMainThread } = threads()
  const script = process.argv[1]
  const name = script === undefined ? '[eval]' : packageName(script) === null ? relativeTo(directory, script) : `${packageName(script)}/${basename(script)}`
  const isForked = script !== undefined && packageName(script) !== null && process.channel !== undefined
  return { program: isMainThread ? name : `${name} (Worker)`, isWhole: isMainThread && !isForked }
}

function tell(sentence: string): void {
  say(`leakwatch: ${sentence}\n`)
}

function messageOf(error: unknown): string {
  return textOf(error)
}
