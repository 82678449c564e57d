// What a source imports, told from its text: comments are cut out, strings are not looked into.
import { posix } from 'node:path'
import { textOf } from './sources.ts'

const specifier = /(?:^|[\s;}])(?:import|export)\b(?:[^'"`;]*?\bfrom\b)?\s*(['"])([^'"\n]+)\1|\b(?:import|require|createRequire\([^()]*\))\(\s*(['"])([^'"\n]+)\3/g

/** The specifiers of a source, as they are written. */
function specifiersOf(path: string): string[] {
  const code = textOf(path).replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
  return [...code.matchAll(specifier)].map(match => (match[2] ?? match[4])!)
}

/** The files of ours that a source imports, relative to the root. */
export function filesImportedBy(path: string): string[] {
  return specifiersOf(path).filter(isOurs).map(each => posix.join(posix.dirname(path), each))
}

/** The modules of Node and of others that a source imports. */
export function modulesImportedBy(path: string): string[] {
  return specifiersOf(path).filter(each => !isOurs(each))
}

function isOurs(each: string): boolean {
  return each.startsWith('.')
}
