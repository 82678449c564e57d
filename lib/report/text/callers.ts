import { grouped, total } from '../../model/grouped.ts'
import type { ReportGroup } from '../../model/report.ts'
import { callersOf } from '../frames.ts'
import { counted } from '../hints.ts'

const linesShown = 10
const depthShown = 5
const branchesShown = 4

interface Path {
  readonly callers: readonly string[]
  readonly count: number
}

/** How groups came to one opening line: a tree of callers, with counts where the ways part. */
export function callerLines(groups: readonly ReportGroup[], cwd: string): readonly string[] {
  const paths = groups.map(({ site, count }) => ({ callers: callersOf(site, cwd), count }))
  return branches(paths, 0).slice(0, linesShown)
}

function branches(paths: readonly Path[], depth: number): readonly string[] {
  const longer = depth === depthShown ? [] : paths.filter(({ callers }) => callers.length > depth)
  const ways = [...grouped(longer, ({ callers }) => callers[depth]!)].map(([caller, along]) => ({ caller, along, count: total(along) }))
  if (ways.length === 1 && ways[0]!.count === total(paths)) return [ways[0]!.caller, ...branches(paths, depth + 1)]
  ways.sort((a, b) => b.count - a.count)
  const shown = ways.slice(0, ways.length > branchesShown ? branchesShown - 1 : branchesShown)
  const rest = ways.slice(shown.length)
  const restCount = total(rest)
  const width = String(Math.max(restCount, ways[0]?.count ?? 0)).length
  const times = (count: number) => `${String(count).padStart(width)} x`
  const lines = shown.flatMap(({ caller, along, count }) => {
    return [`${times(count)} ${caller}`, ...branches(along, depth + 1).map(line => `${' '.repeat(width + 3)}${line}`)]
  })
  return rest.length === 0 ? lines : [...lines, `${times(restCount)} at ${counted(rest.length, 'other line')}`]
}
