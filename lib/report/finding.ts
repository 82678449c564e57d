import type { Report, ReportGroup } from '../model/report.ts'
import type { ReportedMisuse } from '../model/misuse.ts'
import { isOfApplication, liesIn, relativePath } from '../model/path.ts'
import { normalized } from '../model/text/package-path.ts'
import type { Frame, Site } from '../model/site.ts'
import { escaped } from './escape.ts'
import { applicationFrame, callersOf, renderFrame } from './frames.ts'
import { wordsFor } from './hints.ts'
import { afterCall, headline } from './text/block.ts'
import { fold } from './text/fold.ts'
import { palette } from './text/palette.ts'

const callersShown = 5

/** What a tool shows beside the line that it is about. */
export interface Shown {
  /** `2 file descriptors opened at src/pool.ts:88:17 in acquire` */
  readonly title: string
  /** What else there is to say, each line begun with a word of ours. */
  readonly lines: readonly string[]
  readonly place: Place | null
}

/** One group as a tool shows it. */
export interface Finding extends Shown {
  readonly group: ReportGroup
}

/** A line of a file, for what knows files by their way from a root directory. */
export interface Place {
  /** With forward slashes, as it is; relative where it lies below the root. */
  readonly path: string
  readonly isInside: boolean
  /** Whether it is the application's own, rather than a package's. */
  readonly isOwn: boolean
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
    const asked = app === null ? [] : [`${afterCall} ${renderFrame(app, cwd)}`]
    return {
      group,
      title: headline(fold([group])[0]!, { cwd, sources: new Map(), style: palette({ colour: false }) }),
      lines: [...asked, ...callers, `why: ${escaped(group.reason)}`, ...(group.hint === '' ? [] : [`fix: ${escaped(group.hint)}`])],
      place: placeOfSite(group.site, root),
    }
  })
}

/** A misuse as a tool shows it, where it happened. */
export function shownMisuse({ type, kind, reason, hint, count, sites: { opened, closed, second } }: ReportedMisuse, root: string): Shown {
  const places = [second, closed, opened].map(site => site === null ? null : placeOfSite(site, root))
  return {
    title: `${wordsFor(type, kind).noun} misused`,
    lines: [`why: ${escaped(reason)}${count === 1 ? '' : ` ${count} times.`}`, `fix: ${escaped(hint)}`],
    place: places.find(place => place?.isOwn) ?? places.find(place => place !== null) ?? null,
  }
}

// A line inside node_modules is in no repository: the application's line that led there is. Where that lies in no file, another does.
function placeOfSite({ frames, user, app }: Site, root: string): Place | null {
  const own = app === -1 ? [] : frames.slice(app).filter(({ file }) => isOfApplication(file))
  const all = user === -1 ? [] : frames.slice(user)
  return [...own, ...all].map(frame => placeOf(frame, root)).find(place => place !== null) ?? null
}

/** Null where the frame lies in no file, as `[eval]` and what a bundler names do. */
export function placeOf(frame: Frame | null, root: string): Place | null {
  if (frame === null || frame.file === null || frame.line === null) return null
  const path = normalized(frame.file)
  if (!/^(\/|[A-Z]:\/)/.test(path)) return null
  const isInside = liesIn(root, path)
  return { path: isInside ? relativePath(root, path) : path, isInside, isOwn: isOfApplication(path), line: frame.line, column: frame.column }
}
