import type { ReportedMisuse } from '../../model/misuse.ts'
import type { Site } from '../../model/site.ts'
import type { Canvas } from './block.ts'
import { escaped } from '../escape.ts'
import { renderFrame } from '../frames.ts'
import { counted, wordsFor } from '../hints.ts'
import { shortened } from './resources.ts'

const shown = 10
const childrenShown = 5

/** What was misused and where: opened, closed, and what was done then. */
export function misuseLines(misuses: readonly ReportedMisuse[], canvas: Canvas): readonly string[] {
  const rest = misuses.length - shown
  const more = rest > 0 ? [`and ${counted(rest, 'other misuse')}: LEAKWATCH_FORMAT=json lists them all`, ''] : []
  return [...misuses.slice(0, shown).flatMap(misuse => block(misuse, canvas)), ...more]
}

function block(misuse: ReportedMisuse, { cwd, style }: Canvas): readonly string[] {
  const lines = misuseRows(misuse, cwd).map(([label, text]) => `  ${style.faint(label.padEnd(6))}  ${text}`)
  return [style.strong(misuseHeadline(misuse)), ...lines, '']
}

/** Its lines, each with its label: where it was opened, closed and misused, what was open then, and what to do. */
export function misuseRows(misuse: ReportedMisuse, cwd: string): readonly (readonly [label: string, text: string])[] {
  const { children, earlier, hint, sites: { opened, closed, second } } = misuse
  const rows = [
    ['opened', at(opened, cwd)],
    ['closed', at(closed, cwd)],
    ['then', at(second, cwd)],
    ['before', earlier === null ? null : beforeLine(at(earlier.opened, cwd), at(earlier.closed, cwd))],
    ...children.slice(0, childrenShown).map(({ type, count, site }, index) => {
      const { noun, plural } = wordsFor(type, misuse.kind)
      return [index === 0 ? 'open' : '', `${counted(count, noun, plural)} opened ${at(site, cwd) ?? 'where no stack was recorded'}`]
    }),
    ...(children.length > childrenShown ? [['', `and ${children.length - childrenShown} more`]] : []),
    ['fix', escaped(hint)],
  ] as const
  return rows.flatMap(([label, text]) => text === null ? [] : [[label!, text!] as const])
}

export function misuseHeadline({ type, kind, name, fd, count, reason }: ReportedMisuse): string {
  const noun = kind === 'tracked' && type === 'Tracker' ? 'tracker' : wordsFor(type, kind).noun
  const which = `${fd === null ? '' : ` ${fd}`}${name === null ? '' : ` '${shortened(name)}'`}`
  return `${noun}${which}: ${escaped(reason)}${count === 1 ? '' : ` ${count} times.`}`
}

function beforeLine(opened: string | null, closed: string | null): string | null {
  const lives = [opened === null ? null : `opened ${opened}`, closed === null ? null : `closed ${closed}`].filter(life => life !== null)
  return lives.length === 0 ? null : `its number was ${lives.join(' and ')}`
}

function at(site: Site | null, cwd: string): string | null {
  const frame = site?.frames[site.user] ?? site?.frames[0]
  return frame === undefined ? null : `at ${renderFrame(frame, cwd)}`
}
