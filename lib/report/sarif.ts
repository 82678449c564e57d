import type { BaselineState, Report, ReportGroup } from '../model/report.ts'
import { isInternal } from '../model/path.ts'
import type { Frame } from '../model/site.ts'
import { escapedJson } from './escape.ts'
import { findingsOf, placeOf } from './finding.ts'
import type { Finding, Place, Rooted } from './finding.ts'
import { wordsFor } from './hints.ts'

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
const baseId = 'SRCROOT'

const states: Readonly<Record<BaselineState, string>> = { new: 'new', known: 'unchanged', grown: 'updated', expired: 'updated', fixed: 'absent' }

/** SARIF 2.1.0, for code scanning: leaks are errors at their opening lines, known ones are borne with their reason. */
export function sarif(report: Report, { root }: Rooted): string {
  const rules = new Map<string, object>()
  const results = [
    ...findingsOf(report.leaks, report, { root }).map(finding => result(finding, report, root, rules)),
    ...findingsOf(report.known, report, { root }).map(finding => ({ ...result(finding, report, root, rules), level: 'note', ...borne(finding.group) })),
  ]
  const log = {
    $schema: schema,
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'leakwatch', rules: [...rules.values()] } },
      columnKind: 'utf16CodeUnits',
      originalUriBaseIds: { [baseId]: { uri: `${fileUri(root)}/` } },
      invocations: [{
        executionSuccessful: report.complete,
        endTimeUtc: report.generatedAt,
        toolExecutionNotifications: report.faults.map(({ where, message }) => ({ level: 'error', message: { text: `${where}: ${message}` } })),
      }],
      results,
    }],
  }
  return `${escapedJson(JSON.stringify(log, null, 2))}\n`
}

function result({ group, title, lines, place }: Finding, { baseline }: Report, root: string, rules: Map<string, object>): object {
  const { kind, type, fingerprint, count, site } = group
  const ruleId = `leak/${type}`
  if (!rules.has(ruleId)) rules.set(ruleId, rule(ruleId, group))
  const state = baseline?.entries.find(entry => entry.fingerprint === fingerprint)?.state ?? 'new'
  const frames = site.frames.filter(({ file }) => file !== null && !isInternal(file)).map(frame => stackFrame(frame, root))
  return {
    ruleId,
    ruleIndex: [...rules.keys()].indexOf(ruleId),
    level: 'error',
    message: { text: [title, ...lines].join('\n') },
    locations: place === null ? [] : [{ physicalLocation: physical(place) }],
    partialFingerprints: { 'leakwatch/v1': fingerprint },
    occurrenceCount: count,
    ...(baseline === null ? {} : { baselineState: states[state] }),
    ...(frames.length === 0 ? {} : { stacks: [{ message: { text: 'init stack' }, frames }] }),
    properties: { kind, type },
  }
}

function borne({ reason }: ReportGroup): object {
  return { suppressions: [{ kind: 'external', status: 'accepted', justification: reason }] }
}

function rule(id: string, { type, kind, hint }: ReportGroup): object {
  const { plural, fix } = wordsFor(type, kind)
  return { id, shortDescription: { text: `${plural} that nobody closed` }, help: { text: hint === '' ? fix : hint } }
}

function stackFrame(frame: Frame, root: string): object {
  const place = placeOf(frame, root)
  const name = frame.function === null ? {} : { logicalLocations: [{ fullyQualifiedName: frame.function }] }
  return { location: { ...(place === null ? {} : { physicalLocation: physical(place) }), ...name } }
}

function physical({ path, isInside, line, column }: Place): object {
  const artifact = isInside ? { uri: encoded(path), uriBaseId: baseId } : { uri: fileUri(path) }
  return { artifactLocation: artifact, region: { startLine: line, ...(column === null ? {} : { startColumn: column }) } }
}

function fileUri(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/\/$/, '')
  return `file://${slashed.startsWith('/') || slashed === '' ? '' : '/'}${encoded(slashed)}`
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}
