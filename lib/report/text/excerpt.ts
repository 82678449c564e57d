import type { Frame } from '../../model/site.ts'
import { escaped } from '../escape.ts'
import type { Palette } from './palette.ts'

/** Lines of the source files that a report may quote, by the file of a frame. */
export type Sources = ReadonlyMap<string, readonly string[]>

const around = 2
const widest = 110
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const invisible = /[\p{M}\u200d]/u

/** The frame's line between its neighbours, its column marked; nothing where the source is not at hand. */
export function excerpt({ file, line, column }: Frame, sources: Sources, style: Palette): readonly string[] {
  const source = sources.get(file ?? '')
  if (source === undefined || line === null || source[line - 1] === undefined) return []
  const [first, last] = bounds(source, line)
  const gutter = String(last).length
  const start = cropStart(source[line - 1]!, column ?? 1)
  const lines: string[] = []
  for (let number = first; number <= last; number++) {
    const text = visible(cropped(source[number - 1]!, start))
    const label = String(number).padStart(gutter)
    if (number !== line) {
      lines.push(style.faint(`  ${label} | ${text}`.trimEnd()))
      continue
    }
    lines.push(`${style.alarm('>')} ${style.strong(label)} | ${text}`.trimEnd())
    if (column !== null) lines.push(`${style.faint(`  ${' '.repeat(gutter)} |`)} ${caret(source[line - 1]!, start, column, style)}`)
  }
  return lines
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

function caret(text: string, start: number, column: number, style: Palette): string {
  const before = visible(cropped(text.slice(0, column - 1), start))
  let width = 0
  for (const character of before) width += wide.test(character) ? 2 : invisible.test(character) ? 0 : 1
  return ' '.repeat(width) + style.alarm('^')
}

function visible(text: string): string {
  return escaped(text.replaceAll('\t', '  '))
}
