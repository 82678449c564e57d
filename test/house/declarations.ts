// The public surface as the built .d.ts files declare it: what an entry exports, and every type that those exports mention.
// Read from the text that tsc emits, one top-level statement after another; where a declaration stands makes no difference.
import { posix } from 'node:path'
import { textOf } from './sources.ts'

interface Declared {
  readonly path: string
  readonly name: string
}

/** One line for each exported name, then each declaration in the order of its name, without comments. */
export function surfaceOf(entry: string): string {
  const names = exportsOf(entry)
  const reached = new Map<string, string>()
  const visit = (path: string, name: string) => {
    const found = find(path, name)
    if (found === null || reached.has(`${found.name} ${found.path}`)) return
    const text = statementsOf(found.path).filter(each => declaredBy(each) === found.name).join('\n')
    reached.set(`${found.name} ${found.path}`, text)
    for (const word of new Set(text.match(/[A-Za-z_$][\w$]*/g))) visit(found.path, word)
  }
  for (const name of names) visit(entry, name)
  const declarations = [...reached].toSorted(([a], [b]) => a < b ? -1 : 1).map(([, text]) => text)
  return [...names.toSorted(), '', ...declarations, ''].join('\n')
}

function exportsOf(path: string): string[] {
  return statementsOf(path).flatMap(statement => {
    const all = /^export \* from '(.+)';$/.exec(statement)
    if (all) return exportsOf(beside(path, all[1]!))
    if (listOf(statement, 'export')) return [...listOf(statement, 'export')!.keys()]
    const chosen = /^export default (\w+);$/.exec(statement)?.[1]
    if (chosen !== undefined) return [chosen]
    return statement.startsWith('export ') ? [declaredBy(statement)!].filter(Boolean) : []
  })
}

/** Where a name that a file declares, imports or passes on is declared; null for a name of the language or of Node. */
function find(path: string, name: string): Declared | null {
  for (const statement of statementsOf(path)) {
    if (declaredBy(statement) === name) return { path, name }
    const from = /from ['"](\..+)['"];$/.exec(statement)?.[1]
    if (from === undefined) continue
    const original = (listOf(statement, 'import') ?? listOf(statement, 'export'))?.get(name)
    const found = original !== undefined ? find(beside(path, from), original) : statement.startsWith('export *') ? find(beside(path, from), name) : null
    if (found) return found
  }
  return null
}

/** Of `export { a as b, c }` or the like import: name here to name there. */
function listOf(statement: string, keyword: 'import' | 'export'): Map<string, string> | null {
  const list = new RegExp(`^${keyword}(?: type)? \\{([^}]*)\\}`).exec(statement)
  if (list === null) return null
  return new Map(list[1]!.split(',').map(each => each.trim().replace(/^type /, '')).filter(Boolean).map(each => {
    const [there, here = there] = each.split(' as ')
    return [here!, there!]
  }))
}

function declaredBy(statement: string): string | null {
  return /^(?:export )?(?:declare )?(?:abstract )?(?:function|class|interface|type|const|let|var) ([\w$]+)/.exec(statement)?.[1] ?? null
}

function statementsOf(path: string): string[] {
  const text = textOf(path).replace(/\/\*[\s\S]*?\*\//g, '').split('\n').map(line => line.trimEnd()).filter(line => line !== '' && !line.startsWith('//'))
  return text.join('\n').split(/\n(?=[a-z])/)
}

function beside(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier.replace(/\.[jt]s$/, '.d.ts'))
}
