import { grouped, total } from '../../model/grouped.ts'
import type { Report, ReportGroup } from '../../model/report.ts'
import { openingLine } from '../../model/site.ts'

/** A value of a metric with what it is told from others by. */
export interface Point {
  readonly value: number
  readonly attributes: Record<string, string | number>
}

/** How many resources of each type and verdict are open. */
export function byType({ known, leaks, pending, pooled }: Report): readonly Point[] {
  const alike = grouped([...leaks, ...known, ...pending, ...pooled], ({ type, verdict }) => `${type} ${verdict}`)
  return [...alike.values()].map(groups => ({
    value: total(groups), attributes: { 'leakwatch.resource.type': groups[0]!.type, 'leakwatch.verdict': groups[0]!.verdict },
  }))
}

/** How many resources that nobody is about to close each line has opened, the most first. What has no line is left out. */
export function byLine({ known, leaks }: Report): readonly Point[] {
  const lined = [...leaks, ...known].filter(({ site }) => site.user !== -1)
  const alike = grouped(lined, ({ site, type }) => `${type} ${openingLine(site)}`)
  return [...alike.values()].map(groups => ({ value: total(groups), attributes: attributesOf(groups[0]!) })).toSorted((a, b) => b.value - a.value)
}

// Named as the semantic conventions of OpenTelemetry name code.
function attributesOf({ fingerprint, site: { frames, user, package: within }, type }: ReportGroup): Point['attributes'] {
  const { file, function: name, line } = frames[user]!
  return {
    'leakwatch.resource.type': type,
    'leakwatch.fingerprint': fingerprint,
    ...file === null ? {} : { 'code.file.path': file },
    ...line === null ? {} : { 'code.line.number': line },
    ...name === null ? {} : { 'code.function.name': name },
    ...within === null ? {} : { 'leakwatch.package': within },
  }
}
