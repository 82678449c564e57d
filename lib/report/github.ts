import type { Report } from '../model/report.ts'
import { escaped } from './escape.ts'
import { findingsOf, shownMisuse } from './finding.ts'
import type { Rooted, Shown } from './finding.ts'
import { counted } from './hints.ts'
import { summary } from './text/text.ts'

// GitHub shows ten errors and ten warnings of a step, and leaves out the rest without a word.
const annotationsShown = 10

/** Workflow commands of GitHub Actions: an annotation at the opening line of each leak, and the summary behind them. */
export function github(report: Report, { root }: Rooted): string {
  const { leaks, misuses } = report
  const errors = findingsOf(leaks.slice(0, annotationsShown), report, { root }).map(finding => command('error', finding))
  const warnings = misuses.slice(0, annotationsShown).map(misuse => command('warning', shownMisuse(misuse, root)))
  const rest = [unshown(leaks.length, 'group of leaks', 'groups of leaks'), unshown(misuses.length, 'misuse', 'misuses')].filter(text => text !== null)
  const more = rest.length === 0 ? '' : `, ${rest.join(' and ')} without an annotation: LEAKWATCH_FORMAT=json lists them all`
  return [...errors, ...warnings, `${summary(report)}${more}`, ''].join('\n')
}

function unshown(count: number, singular: string, plural: string): string | null {
  return count <= annotationsShown ? null : counted(count - annotationsShown, singular, plural)
}

function command(level: 'error' | 'warning', { title, lines, place }: Shown): string {
  const at = place === null ? [] : [
    `file=${property(escaped(place.path))}`,
    `line=${place.line}`,
    ...(place.column === null ? [] : [`col=${place.column}`]),
  ]
  return `::${level} ${[...at, `title=${property(`leakwatch: ${title}`)}`].join(',')}::${data([title, ...lines].join('\n'))}`
}

// As @actions/core escapes: the message may not end its line, a property not itself.
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
