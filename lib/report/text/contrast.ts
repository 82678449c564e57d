import { grouped, sum, total } from '../../model/grouped.ts'
import type { Contrast, ReportGroup } from '../../model/report.ts'
import { openingLine } from '../../model/site.ts'
import { positionOf, renderFrame } from '../frames.ts'
import { counted } from '../hints.ts'

const closersShown = 3

/**
 * What became of others that one line opened, as far as any were closed: `41 of 44 that this line opened were closed, at src/pool.ts:90:3 in release`.
 * The groups are those of one line; where it lies in a package, each caller has a contrast of its own.
 */
export function contrastLines(groups: readonly ReportGroup[], cwd: string): readonly string[] {
  const byCaller = [...grouped(groups, ({ site }) => openingLine(site)).values()]
  const contrasts = byCaller.flatMap(([first]) => first!.contrast ?? [])
  if (contrasts.length === 0) return []
  const isExact = contrasts.every(one => one.isExact)
  const closed = sum(contrasts, one => one.closed)
  // Of a caller that closed none no more is known than what is still open.
  const untold = byCaller.filter(([first]) => first!.contrast === null).flat()
  const opened = sum(contrasts, one => one.opened) + total(untold)
  return [`${isExact ? '' : 'About '}${closed} of ${opened} that this line opened were closed${placesOf(contrasts, closed, cwd)}.`]
}

function placesOf(contrasts: readonly Contrast[], closed: number, cwd: string): string {
  const closers = contrasts.flatMap(one => one.closers).flatMap(({ count, site }) => {
    const frame = site?.frames[site.user]
    return frame === undefined ? [] : [{ count, frame }]
  })
  const places = [...grouped(closers, ({ frame }) => positionOf(frame)).values()]
    .map(some => ({ count: total(some), frame: some[0]!.frame }))
    .toSorted((a, b) => b.count - a.count)
    .map(({ count, frame }) => `${count === closed ? '' : `${count} `}at ${renderFrame(frame, cwd)}`)
  const shown = places.slice(0, closersShown)
  const rest = places.length - shown.length
  return places.length === 0 ? '' : `, ${shown.join(', ')}${rest === 0 ? '' : ` and ${counted(rest, 'other line')}`}`
}
