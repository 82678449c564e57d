import { resolve as absolute } from 'node:path'
import { currentDirectory } from '../../collect/snapshot/listing.ts'
import { type Baseline, openBaseline } from './baseline.ts'

const opened = new Map<string, Baseline | null>()

/** The baseline of a path, one for all watches of the process; null for none, or where the file is broken, which is said once. */
export function baselineAt(given: string | null): Baseline | null {
  if (given === null) return null
  const path = absolute(currentDirectory() ?? '.', given)
  let baseline = opened.get(path)
  if (baseline === undefined) opened.set(path, baseline = openBaseline(path))
  return baseline
}
