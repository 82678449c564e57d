import { realpathSync } from '../collect/taps/untapped.ts'

/** What a path leads to through all links; the path itself where that is nothing. */
export function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
