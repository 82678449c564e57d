// C0, DEL and C1 drive a terminal; the line separators end a line in some viewers; bidirectional marks, overrides and
// isolates make text read as other than it is; half a surrogate pair is no character.
const harmful =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

// GitHub and Azure obey `##[error]` and `##vso[…]` anywhere in a line.
const command = /##(?=\w*\[)/g

const named: ReadonlyMap<string, string> = new Map([['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t']])

/**
 * What came from outside in a form that moves no cursor, ends no line and gives no command to a CI log. GitHub also
 * obeys `::error` where it begins a line, white space aside: the caller puts words of its own first.
 */
export function escaped(text: string): string {
  return text.replace(harmful, character => named.get(character) ?? codePoint(character)).replace(command, '#\\x23')
}

/** JSON text, whose C0 characters are escaped already, made as harmless to look at as `escaped` text. */
export function escapedJson(json: string): string {
  return json.replace(harmful, unit => (unit === '\n' ? unit : unicode(unit))).replace(command, `#${unicode('#')}`)
}

function codePoint(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u{${hex(code, 4)}}`
}

function unicode(unit: string): string {
  return `\\u${hex(unit.charCodeAt(0), 4)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}
