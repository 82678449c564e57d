import { type Baseline, openBaseline } from './baseline.ts'

const opened = new Map<string, Baseline | null>()

/** The baseline of an absolute path, one for all watches of the process; null for none, or where the file is broken, which is said once. */
export function baselineAt(path: string | null): Baseline | null {
  if (path === null) return null
  let baseline = opened.get(path)
  if (baseline === undefined) opened.set(path, baseline = openBaseline(path))
  return baseline
}
