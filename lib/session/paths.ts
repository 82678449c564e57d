import { existsSync, realpathSync } from '../collect/taps/untapped.ts'

/** What a path leads to through all links; the path itself where that is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Whether there is such a file or directory, as far as Node's permission model lets the process see. */
export function isThere(path: string): boolean {
  try {
    return existsSync(path)
  } catch {
    return false
  }
}
