import { grouped, total } from '../../model/grouped.ts'
import type { Report, ReportGroup } from '../../model/report.ts'
import type { Frame } from '../../model/site.ts'
import { applicationFrame, isAccepted, isHandedOver, openingFrame, positionOf } from '../frames.ts'

/** Folds of a section that a text tells in full. */
export const blocksShown = 20

/** Groups whose resources one line opened. */
export interface Fold {
  /** Null where no stack was captured. */
  readonly opening: Frame | null
  /** The package that the line lies in. */
  readonly package: string | null
  readonly count: number
  readonly groups: readonly ReportGroup[]
}

/** Folds, those of the line that opened most first; what a server accepted or a channel brought is apart from these themselves. */
export function fold(groups: readonly ReportGroup[]): readonly Fold[] {
  const lots = grouped(groups, group => {
    const opening = openingFrame(group)
    return `${opening && positionOf(opening)} ${isAccepted(group)} ${isHandedOver(group)}`
  })
  const lines = [...grouped([...lots.values()].map(folded), ({ opening }) => lineOf(opening)).values()]
  lines.sort((a, b) => total(b) - total(a))
  return lines.flatMap(folds => folds.sort((a, b) => b.count - a.count))
}

/** What a source line is told from others by. */
export function lineOf(frame: Frame | null): string {
  return `${frame?.file}:${frame?.line}`
}

/** Folds of the application's own lines, and those of lines inside packages. */
export function sections(leaks: readonly ReportGroup[]): readonly [readonly Fold[], readonly Fold[]] {
  const folds = fold(leaks)
  return [folds.filter(one => one.package === null), folds.filter(one => one.package !== null)]
}

function folded(groups: readonly ReportGroup[]): Fold {
  const first = groups[0]!
  const count = total(groups)
  return { opening: openingFrame(first), package: first.site.package, count, groups }
}

/** How many lines opened them; 0 where no stack was captured. */
export function lineCount(folds: readonly Fold[]): number {
  return new Set(folds.filter(({ opening }) => opening !== null).map(({ opening }) => lineOf(opening))).size
}

/** The frame whose source is quoted: the opening line, or the one line of the application that led into the package. */
export function quotedFrame(one: Fold): Frame | null {
  if (one.package === null) return one.opening
  const lines = new Map<string, Frame>()
  for (const group of one.groups) {
    const frame = applicationFrame(group)
    if (frame !== null) lines.set(positionOf(frame), frame)
  }
  const [only] = lines.values()
  if (lines.size === 0) return one.opening
  return lines.size === 1 ? only! : null
}

/** The source files whose lines a report can quote that tells so many folds of a section in full: read these first, and hand them to it. */
export function filesToQuote({ leaks }: Report, foldsShown = blocksShown): readonly string[] {
  const files = new Set<string>()
  for (const section of sections(leaks)) {
    for (const one of section.slice(0, foldsShown)) {
      const file = quotedFrame(one)?.file
      if (file) files.add(file)
    }
  }
  return [...files]
}
