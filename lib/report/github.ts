import type { ReportedMisuse } from '../model/misuse.ts'
import type { Report } from '../model/report.ts'
import { escaped } from './escape.ts'
import { findingsOf, placeOf } from './finding.ts'
import type { Place, Rooted } from './finding.ts'
import { counted, wordsFor } from './hints.ts'
import { summary } from './text/text.ts'

// GitHub shows ten errors and ten warnings of a step, and leaves out the rest without a word.
const annotationsShown = 10

/** Workflow commands of GitHub Actions: an annotation at the opening line of each leak, and the summary behind them. */
export function github(report: Report, { root }: Rooted): string {
  const { leaks, misuses } = report
  const errors = findingsOf(leaks.slice(0, annotationsShown), report, { root }).map(({ title, lines, place }) => command('error', title, lines, place))
  const warnings = misuses.slice(0, annotationsShown).map(misuse => warning(misuse, root))
  const rest = [unshown(leaks.length, 'group of leaks', 'groups of leaks'), unshown(misuses.length, 'misuse', 'misuses')].filter(text => text !== null)
  const more = rest.length === 0 ? '' : `, ${rest.join(' and ')} without an annotation: LEAKWATCH_FORMAT=json lists them all`
  return [...errors, ...warnings, `${summary(report)}${more}`, ''].join('\n')
}

function warning({ type, kind, reason, hint, count, sites: { opened, closed, second } }: ReportedMisuse, root: string): string {
  const site = second ?? closed ?? opened
  const lines = [`why: ${escaped(reason)}${count === 1 ? '' : ` ${count} times.`}`, `fix: ${escaped(hint)}`]
  return command('warning', `${wordsFor(type, kind).noun} misused`, lines, placeOf(site?.frames[site.user] ?? null, root))
}

function unshown(count: number, singular: string, plural: string): string | null {
  return count <= annotationsShown ? null : counted(count - annotationsShown, singular, plural)
}

function command(level: 'error' | 'warning', title: string, lines: readonly string[], place: Place | null): string {
  const at = place === null ? [] : [
    `file=${property(place.path)}`,
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
