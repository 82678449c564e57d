import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firstDirectory } from '../../collect/snapshot/listing.ts'
import { isThere } from '../paths.ts'

// `webpack://app/./src/a.ts`, and what resolving that against a directory makes of it: `/out/webpack:/app/src/a.ts`.
const url = /^(?:.*[/\\])?([a-z][\w+.-]+):[/\\]{1,3}(.*)$/i

/**
 * Where a source lies that a map names: relative to the file that it is the map of, by a URL, or by the URL of a bundler, which is told from the
 * directory that the bundler was run in. What can't be found there stays such a URL.
 *
 * @param named As the map names it, or as that was resolved already
 * @param file That was made from the source
 */
export function sourcePath(named: string, file: string): string {
  const directory = isAbsolute(file) ? dirname(file) : firstDirectory ?? '/'
  const path = resolve(directory, named)
  if (isThere(path)) return path
  const [, scheme, rest] = url.exec(named) ?? []
  if (scheme === undefined || rest === undefined) return decoded(path)
  if (scheme === 'file') return named.startsWith('file:') ? fileURLToPath(named) : decoded(`/${rest}`)
  const source = decodedText(rest.replace(/\?.*$/, '')).replace(/(^|\/)\.\//g, '$1')
  return below(directory, source, file) ?? below(directory, source.slice(source.indexOf('/') + 1), file) ?? `${scheme}://${source}`
}

// The nearest directory upwards that has it.
function below(directory: string, source: string, file: string): string | null {
  const path = join(directory, source)
  if (path !== file && isThere(path)) return path
  return dirname(directory) === directory ? null : below(dirname(directory), source, file)
}

// Some compilers name the sources by their URLs, `%5Bslug%5D.ts`.
function decoded(path: string): string {
  const text = decodedText(path)
  return text !== path && isThere(text) ? text : path
}

function decodedText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
