const windows = /^[A-Za-z]:[\\/]|^\\\\/
const levelsUp = 3

/**
 * The path with forward slashes, and its drive, which Node reports as `c:` and as `C:`, in upper case. A backslash is
 * part of a name unless the path is one of Windows.
 */
export function normalized(path: string): string {
  if (!windows.test(path)) return path
  const slashed = path.replaceAll('\\', '/')
  return slashed.charAt(0).toUpperCase() + slashed.slice(1)
}

/** Whether the file is one of Node's own modules. */
export function isInternal(file: string): boolean {
  return file.startsWith('node:')
}

/**
 * How the file is reached from a directory, with forward slashes; the whole path when they are far apart, and what is
 * no absolute path (`node:fs`, `[eval]`) as it is.
 */
export function relativePath(directory: string, file: string): string {
  const path = normalized(file)
  if (!isAbsolute(path)) return path
  const from = segments(normalized(directory))
  const to = segments(path)
  let shared = 0
  while (shared < from.length && shared < to.length - 1 && from[shared] === to[shared]) shared++
  const up = from.length - shared
  if (up > levelsUp || (up > 0 && shared === 0)) return path
  return [...Array<string>(up).fill('..'), ...to.slice(shared)].join('/')
}

/** Whether the file lies below the directory. */
export function liesIn(directory: string, file: string): boolean {
  const base = normalized(directory)
  return normalized(file).startsWith(base.endsWith('/') ? base : `${base}/`)
}

/** `name/rest` of a file inside node_modules, whatever the package manager nested it in; null for any other file. */
export function packagePath(file: string): string | null {
  const path = normalized(file)
  const at = path.lastIndexOf('/node_modules/')
  return at === -1 ? null : path.slice(at + '/node_modules/'.length)
}

/** Name of the package that the file lies in, `@scope/name` where it has one; null outside node_modules. */
export function packageName(file: string): string | null {
  const [first, second] = packagePath(file)?.split('/') ?? []
  if (first === undefined) return null
  return first.startsWith('@') ? `${first}/${second}` : first
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || windows.test(path)
}

function segments(path: string): string[] {
  return path.split('/').filter(segment => segment !== '')
}
