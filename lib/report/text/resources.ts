import { duration } from '../../model/text/duration.ts'
import { grouped, total } from '../../model/grouped.ts'
import type { ReportedResource, ReportGroup } from '../../model/report.ts'
import { escaped } from '../escape.ts'
import { counted } from '../hints.ts'

const linesShown = 4
const numbersShown = 4
const longest = 400
const widestColumn = 60

/**
 * The resources of groups, oldest first: descriptor, what it leads to, age; those that lead to the same share a line.
 * Each line begins with words of ours.
 */
export function resourceLines(groups: readonly ReportGroup[]): readonly string[] {
  const described = groups.flatMap(({ resources }) => resources).sort((a, b) => b.ageMs - a.ageMs)
  const alike = grouped(described, ({ target, name, scope, isAfterScope }) => JSON.stringify([target, name, scope, isAfterScope]))
  const lots = [...alike.values()]
  const shown = lots.slice(0, lots.length > linesShown ? linesShown - 1 : linesShown)
  const rest = total(groups) - shown.reduce((sum, { length }) => sum + length, 0)
  const lines = aligned(shown.map(lot => [identities(lot), descriptionOf(lot[0]!), ages(lot)]))
  return rest === 0 ? lines : [...lines, `and ${rest} more`]
}

function identities(resources: readonly ReportedResource[]): string {
  const { fd, asyncId } = resources[0]!
  if (fd === null && asyncId === null) return counted(resources.length, 'resource')
  const numbers = resources.slice(0, numbersShown).map(resource => String(resource.fd ?? resource.asyncId))
  const rest = resources.length - numbers.length
  return `${fd === null ? 'asyncId' : 'fd'} ${numbers.join(', ')}${rest === 0 ? '' : ` and ${counted(rest, 'other')}`}`
}

function descriptionOf({ target, name, scope, isAfterScope }: ReportedResource): string {
  const parts: string[] = []
  if (name !== null) parts.push(`'${shortened(name)}'`)
  if (target !== null) parts.push(shortened(target))
  if (scope !== null) parts.push(`in scope '${shortened(scope)}'${isAfterScope ? ', which was closed by then' : ''}`)
  return parts.join('  ')
}

/** Something from outside that may be of any length and hold any character. */
export function shortened(text: string): string {
  if (text.length <= longest) return escaped(text)
  const half = longest / 2
  return `${escaped(text.slice(0, half))}...${escaped(text.slice(-half))}`
}

function ages(resources: readonly ReportedResource[]): string {
  const oldest = duration(resources[0]!.ageMs)
  const youngest = duration(resources.at(-1)!.ageMs)
  return oldest === youngest ? `opened ${oldest} ago` : `opened ${oldest} to ${youngest} ago`
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, column) => {
    const lengths = rows.map(row => row[column]!.length).filter(length => length <= widestColumn)
    return Math.max(0, ...lengths)
  }) ?? []
  return rows.map(row => row.map((cell, column) => cell.padEnd(widths[column]!)).filter(cell => cell !== '').join('  ').trimEnd())
}
