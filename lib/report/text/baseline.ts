import type { ReportedBaseline, ReportedEntry } from '../../model/report.ts'
import { factsOf } from '../../model/type-table.ts'
import type { Canvas } from './block.ts'
import { escaped } from '../escape.ts'
import { counted, wordsFor } from '../hints.ts'
import { shortened } from './resources.ts'

const shown = 20

/** How what was found stands to the baseline; what is new or grown is told above, as a leak. */
export function baselineLines(baseline: ReportedBaseline | null, { style }: Canvas): readonly string[] {
  if (baseline === null || baseline.entries.length === 0) return []
  const { entries, file, isUpdated, isReport = false } = baseline
  const states = new Map<string, number>()
  for (const { state } of entries) states.set(state, (states.get(state) ?? 0) + 1)
  const counts = [...states].map(([state, count]) => `${count} ${escaped(state)}`).join(', ')
  const fixed = entries.filter(({ state }) => state === 'fixed')
  const lines = fixed.slice(0, shown).map(entry => `  fixed  ${describe(entry)}${isReport ? '' : onFile(entry)}`)
  const rest = fixed.length - lines.length
  const more = rest > 0 ? [`  and ${rest} more`] : []
  const advice = fixed.length === 0 || isUpdated || isReport ? [] : ['  LEAKWATCH_BASELINE_UPDATE=1 takes what is fixed out of the file.']
  const done = isUpdated ? '. It was brought up to date.' : ''
  return [`${style.strong(`${isReport ? 'compared with' : 'baseline'} ${shortened(file)}: ${counts}`)}${done}`, ...lines, ...more, ...advice, '']
}

function describe({ type, site, borne }: ReportedEntry): string {
  // A type that is not known is a kind of tags, mostly: the file does not say.
  const { noun, plural } = wordsFor(type, factsOf(type) === undefined ? 'tracked' : 'async')
  return `${counted(borne, noun, plural)} at ${shortened(site)}`
}

function onFile({ firstSeen, reason }: ReportedEntry): string {
  return `, on file since ${escaped(firstSeen ?? '')}: ${escaped(reason ?? '')}`
}
