import { grouped, total } from '../../model/grouped.ts'
import type { ReportGroup } from '../../model/report.ts'
import type { Frame } from '../../model/site.ts'
import { callerLines } from './callers.ts'
import { contrastLines } from './contrast.ts'
import { escaped } from '../escape.ts'
import { excerpt } from './excerpt.ts'
import type { Sources } from './excerpt.ts'
import { quotedFrame } from './fold.ts'
import type { Fold } from './fold.ts'
import { applicationFrame, isAccepted, isHandedOver, positionOf, renderFrame, verbOfAccepted } from '../frames.ts'
import { nounOf, wordsFor } from '../hints.ts'
import type { Palette } from './palette.ts'
import { resourceLines, shortened } from './resources.ts'

const reasonsShown = 3
const linksShown = 6

/** What stands between what a package opened in a callback of its own and the line that had called it. */
export const afterCall = 'in a callback, after a call from'

/** What the lines of a text are made with. */
export interface Canvas {
  readonly cwd: string
  readonly sources: Sources
  readonly style: Palette
}

/** What one line opened, in one line: `41 file descriptors opened at src/pool.ts:88:17 in acquire`. */
export function headline(one: Fold, { cwd, style }: Canvas): string {
  const what = style.strong(whatOf(one))
  if (one.opening === null) return `${what}, opened where no stack was recorded`
  const by = one.package === null ? '' : ` by ${style.strong(escaped(one.package))}`
  return `${what} ${verbOf(one.groups[0]!)}${by} at ${style.place(renderFrame(one.opening, cwd))}`
}

/** `1 TLS socket and 1 TCP socket` */
export function whatOf({ groups }: Fold): string {
  return listed([...grouped(groups, ({ type }) => type).values()].map(some => nounOf(some[0]!, total(some))))
}

/** What was done at the line that is shown. */
export function verbOf(group: ReportGroup): string {
  if (isAccepted(group)) return verbOfAccepted
  return isHandedOver(group) ? 'received over the IPC channel used' : wordsFor(group.type, group.kind).opened
}

/** All there is to say about what one line opened. */
export function block(one: Fold, canvas: Canvas): readonly string[] {
  return [headline(one, canvas), ...quotation(one, canvas), ...callers(one, canvas), ...details(one, canvas), '']
}

function quotation(one: Fold, { cwd, sources, style }: Canvas): readonly string[] {
  const frame = quotedFrame(one)
  if (frame === null) return []
  const lines = excerpt(frame, sources, style).map(line => `  ${line}`)
  const led = ledTo(one, frame)
  const calledFrom = led === null ? [] : [`  ${led} ${style.place(renderFrame(frame, cwd))}`]
  return lines.length === 0 ? calledFrom : [...calledFrom, '', ...lines, '']
}

/** How the line that is quoted led to the opening line: `called from`; null where it is that. */
export function ledTo(one: Fold, quotedLine: Frame): string | null {
  if (positionOf(quotedLine) === positionOf(one.opening!)) return null
  // That may be another one's than the request that it was opened for: a package may have a queue.
  const known = one.groups.filter(group => applicationFrame(group) !== null)
  const led = known.every(({ site: { boundary } }) => boundary !== undefined) ? afterCall : 'called from'
  return known.length === one.groups.length ? led : `${total(known)} of them ${led}`
}

function details(one: Fold, { cwd, style }: Canvas): readonly string[] {
  const parts = partsOf(one)
  return parts.flatMap(part => {
    const title = parts.length === 1 ? [] : [`  ${style.strong(partTitle(part))}`]
    const { why, via, but, fix } = accountOf(part, cwd)
    return [
      ...title,
      ...labelled(part[0]!.verdict === 'collected' ? 'was' : 'open', resourceLines(part), style.faint),
      ...labelled('why', why, style.caution),
      ...labelled('via', via, style.faint),
      ...labelled('but', but, style.faint),
      ...labelled('fix', fix, style.advice),
    ]
  })
}

/** What there is to say of resources of one type and verdict, a line each. */
export interface Account {
  readonly why: readonly string[]
  readonly via: readonly string[]
  readonly but: readonly string[]
  readonly fix: readonly string[]
}

export function accountOf(part: readonly ReportGroup[], cwd: string): Account {
  // Groups that were collected after different times tell the same.
  const reasons = [...grouped(distinct(part, ({ reason }) => reason), reason => reason.replace(/\d+/g, '')).values()]
    .map(([first]) => first!).slice(0, reasonsShown)
  return { why: reasons.map(escaped), via: viaLines(part[0]!, cwd), but: contrastLines(part, cwd), fix: distinct(part, ({ hint }) => hint).map(escaped) }
}

/** How the oldest of them was reached, nearest first. */
function viaLines(group: ReportGroup, cwd: string): readonly string[] {
  const links = isAccepted(group) || isHandedOver(group) ? group.chain.slice(1) : group.chain
  return links.slice(0, linksShown).map(({ name, site, type }) => {
    const { noun, opened } = wordsFor(type)
    const frame = site.frames[site.user]
    const what = name === null ? noun : `${noun} ${shortened(name)}`
    return frame === undefined ? what : `${what} ${opened} at ${renderFrame(frame, cwd)}`
  })
}

function labelled(label: string, lines: readonly string[], paint: (text: string) => string): readonly string[] {
  return lines.map((line, index) => `  ${index === 0 ? paint(label.padEnd(4)) : '    '}  ${line}`)
}

function callers(one: Fold, { cwd, style }: Canvas): readonly string[] {
  return labelled('from', callerLines(one.groups, cwd), style.faint)
}

function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}

/** What shares its line may differ in type (a TLS socket and its TCP socket) or in verdict. */
export function partsOf({ groups }: Fold): readonly (readonly ReportGroup[])[] {
  return [...grouped(groups, ({ verdict, type }) => `${verdict} ${type}`).values()]
}

export function partTitle(part: readonly ReportGroup[]): string {
  const noun = nounOf(part[0]!, total(part))
  return part[0]!.verdict === 'collected' ? `${noun}, closed by the garbage collector` : `${noun}, still open`
}

function distinct(part: readonly ReportGroup[], textOf: (group: ReportGroup) => string): readonly string[] {
  return [...new Set(part.map(textOf))].filter(text => text !== '')
}
