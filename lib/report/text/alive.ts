import type { AliveGroup } from '../../model/report.ts'
import type { Canvas } from './block.ts'
import { renderFrame, verbOfAccepted } from '../frames.ts'
import { counted, nounFor, wordsFor } from '../hints.ts'
import { shortened } from './resources.ts'

const shown = 20
const standardStream = /^standard (?:input|output|error)$/

/** Why the process does not end: what keeps its event loop alive, a line each. */
export function aliveLines(alive: readonly AliveGroup[], { cwd, style }: Canvas): readonly string[] {
  if (alive.length === 0) return []
  const lines = alive.slice(0, shown).map(one => `  ${aliveLine(one, cwd)}`)
  const rest = alive.length - lines.length
  return [style.strong('what keeps the process running'), ...lines, ...(rest === 0 ? [] : [`  and ${counted(rest, 'more line')}`]), '']
}

/** What keeps it alive, with its line. */
export function aliveLine({ count, isAccepted, name, site, type }: AliveGroup, cwd: string): string {
  const frame = site?.frames[site.user]
  if (name !== null && standardStream.test(name)) return `${name}, being read`
  const what = nounFor(type, 'async', isAccepted, count)
  if (site === null && name === null) return `${what}, not recorded: opened before leakwatch was there, or of a type that LEAKWATCH_TYPES=all records`
  const target = name === null ? '' : ` (${shortened(name)})`
  // Such as what a server accepted that began to listen before leakwatch was there.
  if (site === null) return `${what} of which no line is known${target}`
  if (frame === undefined) return `${what} of Node's own${target}`
  return `${what} ${isAccepted ? verbOfAccepted : wordsFor(type).opened} at ${renderFrame(frame, cwd)}${target}`
}
