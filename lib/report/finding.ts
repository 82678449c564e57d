import type { Report, ReportGroup } from '../model/report.ts'
import { liesIn, relativePath } from '../model/path.ts'
import { normalized } from '../model/text/package-path.ts'
import type { Frame } from '../model/site.ts'
import { escaped } from './escape.ts'
import { applicationFrame, callersOf, openingFrame, renderFrame } from './frames.ts'
import { headline } from './text/block.ts'
import { fold } from './text/fold.ts'
import { palette } from './text/palette.ts'

const callersShown = 5

/** One group as a tool shows it beside the line that it is about. */
export interface Finding {
  readonly group: ReportGroup
  /** `2 file descriptors opened at src/pool.ts:88:17 in acquire` */
  readonly title: string
  /** What else there is to say, each line begun with a word of ours. */
  readonly lines: readonly string[]
  readonly place: Place | null
}

/** A line of a file, for what knows files by their way from a root directory. */
export interface Place {
  /** With forward slashes; relative where it lies below the root. */
  readonly path: string
  readonly isInside: boolean
  readonly line: number
  readonly column: number | null
}

/** Where files are counted from: the root of the repository, where that is known. */
export interface Rooted {
  readonly root: string
}

export function findingsOf(groups: readonly ReportGroup[], { process: { cwd } }: Report, { root }: Rooted): readonly Finding[] {
  return groups.map(group => {
    const callers = callersOf(group.site, cwd).slice(0, callersShown).map(caller => `from ${caller}`)
    const app = group.site.boundary === undefined ? null : applicationFrame(group)
    const asked = app === null ? [] : [`in a callback, after a call from ${renderFrame(app, cwd)}`]
    return {
      group,
      title: headline(fold([group])[0]!, { cwd, sources: new Map(), style: palette({ colour: false }) }),
      lines: [...asked, ...callers, `why: ${escaped(group.reason)}`, ...(group.hint === '' ? [] : [`fix: ${escaped(group.hint)}`])],
      place: placeOf(shownFrame(group), root),
    }
  })
}

// A line inside node_modules is in no repository: the application's line that led there is.
function shownFrame(group: ReportGroup): Frame | null {
  return applicationFrame(group) ?? openingFrame(group)
}

/** Null where the frame lies in no file, as `[eval]` and what a bundler names do. */
export function placeOf(frame: Frame | null, root: string): Place | null {
  if (frame === null || frame.file === null || frame.line === null) return null
  const path = normalized(frame.file)
  if (!/^(\/|[A-Z]:\/)/.test(path)) return null
  const isInside = liesIn(root, path)
  return { path: escaped(isInside ? relativePath(root, path) : path), isInside, line: frame.line, column: frame.column }
}
