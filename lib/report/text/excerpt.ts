import type { Frame } from '../../model/site.ts'
import { escaped } from '../escape.ts'
import type { Palette } from './palette.ts'

/** Lines of the source files that a report may quote, by the file of a frame. */
export type Sources = ReadonlyMap<string, readonly string[]>

const around = 2
const widest = 110
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const invisible = /[\p{M}\u200d]/u

/** A line of source as it may be shown. */
export interface Quoted {
  readonly number: number
  readonly text: string
  readonly isOpening: boolean
  /** What stands before the column that is marked; null where none is. */
  readonly before: string | null
}

/** The frame's line between its neighbours; nothing where the source is not at hand. */
export function quoted({ file, line, column }: Frame, sources: Sources): readonly Quoted[] {
  const source = sources.get(file ?? '')
  if (source === undefined || line === null || source[line - 1] === undefined) return []
  const [first, last] = bounds(source, line)
  const start = cropStart(source[line - 1]!, column ?? 1)
  const lines: Quoted[] = []
  for (let number = first; number <= last; number++) {
    const own = source[number - 1]!
    const isOpening = number === line
    const before = isOpening && column !== null ? visible(cropped(own.slice(0, column - 1), start)) : null
    lines.push({ number, text: visible(cropped(own, start)).trimEnd(), isOpening, before })
  }
  return lines
}

/** The same as text, a mark below the column. */
export function excerpt(frame: Frame, sources: Sources, style: Palette): readonly string[] {
  const lines = quoted(frame, sources)
  const gutter = String(lines.at(-1)?.number).length
  return lines.flatMap(({ number, text, isOpening, before }) => {
    const label = String(number).padStart(gutter)
    if (!isOpening) return [style.faint(`  ${label} | ${text}`.trimEnd())]
    const line = `${style.alarm('>')} ${style.strong(label)} | ${text}`.trimEnd()
    return before === null ? [line] : [line, `${style.faint(`  ${' '.repeat(gutter)} |`)} ${' '.repeat(widthOf(before))}${style.alarm('^')}`]
  })
}

// Blank lines at either end tell nothing.
function bounds(source: readonly string[], line: number): readonly [number, number] {
  let first = Math.max(1, line - around)
  let last = Math.min(source.length, line + around)
  while (first < line && source[first - 1]!.trim() === '') first++
  while (last > line && source[last - 1]!.trim() === '') last--
  return [first, last]
}

// A bundle may be one line of megabytes: what is shown of it is a window that holds the column.
function cropStart(text: string, column: number): number {
  return text.length <= widest || column < widest - 20 ? 0 : column - Math.floor(widest / 2)
}

function cropped(text: string, start: number): string {
  const end = start + widest
  return `${start > 0 ? '...' : ''}${text.slice(start, end)}${text.length > end ? '...' : ''}`
}

function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += wide.test(character) ? 2 : invisible.test(character) ? 0 : 1
  return width
}

function visible(text: string): string {
  return escaped(text.replaceAll('\t', '  '))
}
