import { element } from './markup.ts'
import type { Content } from './markup.ts'

export interface Column<Item> {
  readonly title: string
  /** Null where there is nothing to tell. */
  readonly cell: (item: Item) => Content | null
}

/** A row for each item, with the columns that any of them has something for, and how many there are beyond them. */
export function table<Item>(columns: readonly Column<Item>[], items: readonly Item[], count: number): Content {
  if (items.length === 0) return []
  const shown = columns.filter(({ cell }) => items.some(item => cell(item) !== null))
  const head = element('tr', {}, shown.map(({ title }) => element('th', { scope: 'col' }, title)))
  const rows = items.map(item => element('tr', {}, shown.map(({ cell }) => element('td', {}, cell(item) ?? ''))))
  const more = count > items.length ? element('p', { class: 'more' }, `and ${count - items.length} more`) : []
  return [element('div', { class: 'table' }, element('table', {}, element('thead', {}, head), element('tbody', {}, rows))), more]
}

/** Labels, each with its lines; one without lines is left out. */
export function definitions(rows: readonly (readonly [label: string, lines: readonly Content[]])[]): Content {
  const told = rows.filter(([, lines]) => lines.length > 0)
  if (told.length === 0) return []
  return element('dl', {}, told.map(([label, lines]) => element('div', { class: label }, element('dt', {}, label), lines.map(line => element('dd', {}, line)))))
}
