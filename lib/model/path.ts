import { isWindows, normalized, packagePath } from './text/package-path.ts'

const levelsUp = 3

/** Whether the file is one of Node's own modules, or a module of WebAssembly (`wasm://wasm/1f2e3d4c`), in which nobody wrote a line. */
export function isInternal(file: string): boolean {
  return file.startsWith('node:') || file.startsWith('wasm:')
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

/** Name of the package that the file lies in, `@scope/name` where it has one; null outside node_modules. */
export function packageName(file: string): string | null {
  const [first, second] = packagePath(file)?.split('/') ?? []
  if (first === undefined) return null
  return first.startsWith('@') ? `${first}/${second}` : first
}

/** Whether a frame's file is the program's own: neither Node's nor a package's. */
export function isOfApplication(file: string | null): boolean {
  return file !== null && !isInternal(file) && packageName(file) === null
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || isWindows(path)
}

function segments(path: string): string[] {
  return path.split('/').filter(segment => segment !== '')
}
