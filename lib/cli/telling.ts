import { currentDirectory } from '../collect/snapshot/listing.ts'
import type { Policy } from '../model/matcher.ts'
import { nearest } from '../model/text/nearest.ts'
import type { Report } from '../model/report.ts'
import { resolve } from '../model/settings/options.ts'
import { requireConfig } from '../session/options/config.ts'
import { formats } from '../session/options/env.ts'
import { findOptions } from '../session/options/file.ts'
import { documents, type Format } from '../session/options/plan.ts'
import { render, report } from '../session/reports/reporting.ts'
import { type Given, misused } from './line/args.ts'
import { isColoured, isTerminal, print } from './print.ts'
import { isSnapshot, type Saved } from './saved.ts'

/** How reports are told. */
export interface Manner {
  readonly format: Format
  /** Null leaves it at 0, whatever leaks. */
  readonly exitCode: number | null
}

/**
 * Before anything is read or recorded.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, also where bytes would go to a terminal
 */
export function mannerOf({ values }: Given): Manner {
  const format = formatOf(values.get('format') ?? 'text')
  if (format === 'pprof' && isTerminal()) throw misused('--format pprof is bytes, but standard output is a terminal. Give it a file, such as > leaks.pprof.')
  return { format, exitCode: exitCodeOf(values.get('exit-code')) }
}

/** What was saved as a report: a snapshot is judged as it is where it was taken. */
export function reportOf(saved: Saved): Report {
  return isSnapshot(saved) ? report(saved, { reason: 'api', policy: policyHere() }) : saved
}

/**
 * What the options of this directory say of leaks.
 * @throws LeakwatchError `ERR_LEAKWATCH_CONFIG`
 */
export function policyHere(): Policy {
  return resolve(requireConfig(findOptions(process.env, currentDirectory()))).policy
}

/**
 * Prints reports one after the other, and returns the exit code.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where several can't be one document
 */
export function tellAll(reports: readonly Report[], { format, exitCode }: Manner): number {
  if (reports.length > 1 && documents.has(format)) throw misused(`--format ${format} is one document, but was given ${reports.length} files. Give one, or --format text.`)
  for (const found of reports) print(render(found, format, { colour: format === 'text' && isColoured() }))
  return exitCode !== null && reports.some(({ leaks }) => leaks.length > 0) ? exitCode : 0
}

function formatOf(given: string): Format {
  const format = formats.find(each => each === given)
  if (format !== undefined) return format
  const close = nearest(given, formats)
  throw misused(`--format wants one of ${formats.join(', ')}, but was given '${given}'.${close === null ? '' : ` Did you mean '${close}'?`}`)
}

function exitCodeOf(given: string | undefined): number | null {
  if (given === undefined) return null
  const code = /^\d+$/.test(given) ? Number(given) : NaN
  if (code >= 1 && code <= 255) return code
  throw misused(`--exit-code wants a whole number from 1 to 255, but was given '${given}'.`)
}
