// Reports from terse input, judged as the product judges and held against the schema.
import { judge } from '../../lib/analyze/judge.ts'
import type { Report, ReportReason } from '../../lib/model/report.ts'
import { hint } from '../../lib/report/hints.ts'
import { schemaFaults } from './report-schema.ts'
import { buildSnapshot, takenAtMs } from './snapshot-builder.ts'
import type { SnapshotInput } from './snapshot-builder.ts'

export function buildReport(input: SnapshotInput, reason: ReportReason = 'exit'): Report {
  const report = judge(buildSnapshot(input), { since: null, reason, generatedAtMs: takenAtMs, hint })
  const faults = schemaFaults(report)
  if (faults.length > 0) throw new Error(`not a valid report: ${faults.join('; ')}`)
  return report
}
