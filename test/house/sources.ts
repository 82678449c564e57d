// The repository's own text, as the house tests read it.
import { readFileSync, readdirSync } from 'node:fs'
import { inRoot } from '../support/paths.ts'

const notOurs = /(^|\/)(node_modules|dist|\.git|\.cache|\.tap)(\/|$)/

/** Paths under a folder or of a file, relative to the root; none when there is no such folder. */
export function filesUnder(folder: string, ending = ''): string[] {
  try {
    return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => `${entry.parentPath}/${entry.name}`.slice(inRoot('').length).replace(/^\/+/, ''))
      .filter(path => path.endsWith(ending) && !notOurs.test(path))
      .toSorted()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export function textOf(path: string): string {
  return readFileSync(inRoot(path), 'utf8')
}

/** `<path>:<line>  <text>` of each line that a pattern finds and no exception covers. */
export function linesMatching(path: string, pattern: RegExp, exceptions: readonly RegExp[] = []): string[] {
  return textOf(path).split('\n').flatMap((text, index) => {
    const judged = exceptions.reduce((rest, exception) => rest.replaceAll(exception, ''), text)
    return pattern.test(judged) ? [`${path}:${index + 1}  ${text.trim()}`] : []
  })
}
