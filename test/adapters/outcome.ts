// What a runner says of its tests, in words that are the same for all.
import { basename } from 'node:path'

export type Ending = 'passes' | 'is skipped' | 'fails by itself' | `leaks at ${string}`
export type State = 'passed' | 'failed' | 'skipped'

export interface TestOutcome {
  readonly title: string
  readonly state: State
  /** Its error, once. */
  readonly text: string
  /** `<file>:<line>` of the first frame of the error. */
  readonly frame: string | null
}

export interface Output {
  readonly tests: readonly TestOutcome[]
  /** What is said of no test. */
  readonly beside: string
}

/** How a test ended; a leak counts as named where the stack of the error begins at its line as well. */
export function endingOf({ state, text, frame }: TestOutcome): Ending {
  if (state !== 'failed') return state === 'passed' ? 'passes' : 'is skipped'
  const places = placesIn(text)
  if (places.length === 0) return 'fails by itself'
  return `leaks at ${places.join(', ')}${frame === places[0] ? '' : `, with a stack from ${frame}`}`
}

/** `<file>:<line>` of each leak that a text report names. */
export function placesIn(report: string): readonly string[] {
  const [leaks = ''] = report.split(/^\W*not over yet/m)
  return [...leaks.matchAll(/^\W*\d+ [A-Za-z].* at (\S+?):(\d+):\d+\b/gm)].map(([, file, line]) => `${basename(file!)}:${line}`).toSorted()
}

/** `<file>:<line>` where a text names the first. */
export function firstFrame(text: string | undefined): string | null {
  const [, file, line] = /([^\s()]+):(\d+):\d+\)?$/m.exec(text ?? '') ?? []
  return file === undefined ? null : `${basename(file)}:${line}`
}
