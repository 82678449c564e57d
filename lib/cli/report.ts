import { type Given, misused } from './line/args.ts'
import { readSaved, whole } from './saved.ts'
import { mannerOf, reportOf, tellAll } from './telling.ts'

/**
 * Tells what was saved, in any format.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_CONFIG`
 */
export function report(given: Given): number {
  if (given.words.length === 0) throw misused('leakwatch report wants files with reports or snapshots as JSON: leakwatch report FILE …, or - for standard input.')
  const manner = mannerOf(given)
  return whole(given.words, () => tellAll(given.words.map(file => reportOf(readSaved(file))), manner))
}
