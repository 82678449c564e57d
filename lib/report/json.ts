import type { Report } from '../model/report.ts'
import { escapedJson } from './escape.ts'

/** The report as `leakwatch-report/1` JSON, which ends with a newline and is harmless to print. */
export function json(report: Report): string {
  return `${escapedJson(JSON.stringify(report, null, 2))}\n`
}
