import { escaped } from '../escape.ts'

// A symbol, since a report that was saved may hold an object with any name.
const made = Symbol('made')

/** HTML that was made here. Whatever else stands in a page is text, and is made harmless as it becomes HTML. */
export interface Markup {
  readonly [made]: string
}

export function markup(html: string): Markup {
  return { [made]: html }
}

export type Content = Markup | string | readonly Content[]

/** An attribute that is null is left out. */
export type Attributes = Readonly<Record<string, string | null>>

export function element(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  const given = Object.entries(attributes).map(([key, value]) => value === null ? '' : ` ${key}="${htmlOf(value)}"`).join('')
  return markup(hasNoEnd.has(name) ? `<${name}${given}>` : `<${name}${given}>${htmlOf(content)}</${name}>`)
}

export function htmlOf(content: Content): string {
  if (typeof content === 'string') return escaped(content).replace(special, character => entities[character] ?? codePoint(character))
  return made in content ? content[made] : content.map(htmlOf).join('')
}

export const lineBreak = markup('\n')

const hasNoEnd: ReadonlySet<string> = new Set(['meta'])
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&#39;' }

// HTML has no way to write what is no character: `escaped` leaves those beyond half a surrogate pair alone.
const special = /[&<>"']|\p{Noncharacter_Code_Point}/gu

function codePoint(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}
