const longest = 200
// So much of a statement is read: a bulk insert may have megabytes.
const read = 4_096

// In one pass, since each of them may hold what begins another. What is not closed is hidden to its end.
const dialects = {
  // Backslashes escape in E'…' alone; "…" is a name.
  standard: /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"[^"]*(?:"|$)|\$(\w*)\$[\s\S]*?(?:\$\1\$|$)|[eE]'(?:[^'\\]|''|\\(?:[\s\S]|$))*(?:'|$)|'(?:[^']|'')*(?:'|$)|(?<![\w$]|\w\.)\.?\d[\w.]*/g,
  // Backslashes escape everywhere; "…" is a string unless the server is told otherwise.
  mysql: /--[^\n]*|#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|`[^`]*(?:`|$)|'(?:[^'\\]|\\(?:[\s\S]|$))*(?:'|$)|"(?:[^"\\]|\\(?:[\s\S]|$))*(?:"|$)|(?<![\w$]|\w\.)\.?\d[\w.]*/g,
}

export type Dialect = keyof typeof dialects

const capacity = 500
const known = new Map<string, string>()

/** The text of a statement on one line, without what its author may have put into it as data: literals become `?`. */
export function masked(sql: string, dialect: Dialect): string {
  const isCut = sql.length > read
  const given = isCut ? sql.slice(0, read) : sql
  const key = `${dialect} ${given}${isCut ? '…' : ''}`
  let line = known.get(key)
  if (line !== undefined) return line
  // Programs say the same few statements again and again; one that does not begins anew.
  if (known.size === capacity) known.clear()
  known.set(key, line = mask(given, dialect, isCut))
  return line
}

function mask(sql: string, dialect: Dialect, isCut: boolean): string {
  const line = withoutData(sql, dialect)
  return isCut || line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

// On one line, without comments.
function withoutData(sql: string, dialect: Dialect): string {
  const text = sql.replace(dialects[dialect], found => {
    if (/^(?:--|#|\/\*)/.test(found)) return ' '
    return found.startsWith('`') || (dialect === 'standard' && found.startsWith('"')) ? found : '?'
  })
  return text.replace(/\s+/g, ' ').trim()
}

/** The statements of a text, as far as it is read, each on one line without data and comments. */
export function statementsOf(sql: string, dialect: Dialect): readonly string[] {
  // Not in a name.
  return withoutData(sql.slice(0, read), dialect).split(/;(?=(?:[^"]*"[^"]*")*[^"]*$)/).map(one => one.trim())
}

/** The text of what was given as a statement: itself, or its `text` (pg) or `sql` (mysql2). */
export function statementText(statement: unknown): string | null {
  if (typeof statement === 'string') return statement
  if (typeof statement !== 'object' || statement === null) return null
  const { text, sql } = statement as { readonly text?: unknown, readonly sql?: unknown }
  return typeof text === 'string' ? text : typeof sql === 'string' ? sql : null
}

/** Whether a statement may leave a transaction open. */
export function begins(sql: string): boolean {
  return /\b(?:begin|start\s+transaction)\b/i.test(sql)
}
