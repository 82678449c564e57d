import type { ReportedMisuse } from '../model/misuse.ts'
import type { BaselineState, Report, ReportGroup } from '../model/report.ts'
import { isInternal } from '../model/path.ts'
import type { Frame } from '../model/site.ts'
import { escapedJson } from './escape.ts'
import { findingsOf, placeOf, shownMisuse } from './finding.ts'
import type { Finding, Place, Rooted, Shown } from './finding.ts'
import { wordsFor } from './hints.ts'
import { summary } from './text/text.ts'

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
const baseId = 'SRCROOT'

const states: Readonly<Record<BaselineState, string>> = { new: 'new', known: 'unchanged', grown: 'updated', expired: 'updated', fixed: 'absent' }

/**
 * SARIF 2.1.0, for code scanning: leaks are errors at their opening lines, known ones are borne with their reason, misuses are warnings. What
 * else the report says of itself is a note of the run.
 */
export function sarif(report: Report, { root }: Rooted): string {
  const rules = new Map<string, object>()
  const results = [
    ...findingsOf(report.leaks, report, { root }).map(finding => result(finding, report, root, rules)),
    ...findingsOf(report.known, report, { root }).map(finding => ({ ...result(finding, report, root, rules), level: 'note', ...borne(finding.group) })),
    ...report.misuses.map(misuse => misused(misuse, report, root, rules)),
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
        toolExecutionNotifications: [
          { level: 'note', message: { text: summary(report) } },
          ...report.faults.map(({ where, message }) => ({ level: 'error', message: { text: `${where}: ${message}` } })),
        ],
      }],
      results,
    }],
  }
  return `${escapedJson(JSON.stringify(log, null, 2))}\n`
}

function result({ group, ...shown }: Finding, report: Report, root: string, rules: Map<string, object>): object {
  const { baseline } = report
  const { kind, type, fingerprint, count, site } = group
  const ruleId = `leak/${type}`
  if (!rules.has(ruleId)) rules.set(ruleId, rule(ruleId, group))
  const state = baseline?.entries.find(entry => entry.fingerprint === fingerprint)?.state ?? 'new'
  const frames = site.frames.filter(({ file }) => file !== null && !isInternal(file)).map(frame => stackFrame(frame, root))
  return {
    ruleId,
    ruleIndex: [...rules.keys()].indexOf(ruleId),
    level: 'error',
    ...message(shown, report, root),
    partialFingerprints: { 'leakwatch/v1': fingerprint },
    occurrenceCount: count,
    ...(baseline === null ? {} : { baselineState: states[state] }),
    ...(frames.length === 0 ? {} : { stacks: [{ message: { text: 'init stack' }, frames }] }),
    properties: { kind, type },
  }
}

function misused(misuse: ReportedMisuse, report: Report, root: string, rules: Map<string, object>): object {
  const { kind, type, code, count, hint } = misuse
  const ruleId = `misuse/${type}/${code}`
  const shown = shownMisuse(misuse, root)
  if (!rules.has(ruleId)) rules.set(ruleId, { id: ruleId, shortDescription: { text: shown.title }, help: { text: hint } })
  return {
    ruleId,
    ruleIndex: [...rules.keys()].indexOf(ruleId),
    level: 'warning',
    ...message(shown, report, root),
    occurrenceCount: count,
    properties: { kind, type },
  }
}

// GitHub refuses the whole of a log in which one result has no file: what lies in none stands at the beginning of the program.
function message({ title, lines, place }: Shown, { process: { argv: [, script] } }: Report, root: string): object {
  const start = placeOf({ function: null, file: script ?? null, line: 1, column: null }, root) ?? { path: '.', isInside: true, line: 1, column: null }
  return { message: { text: [title, ...lines].join('\n') }, locations: [{ physicalLocation: physical(place ?? start) }] }
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

function physical({ path, isInside, line, column }: Omit<Place, 'isOwn'>): object {
  const artifact = isInside ? { uri: encoded(path), uriBaseId: baseId } : { uri: fileUri(path) }
  return { artifactLocation: artifact, region: { startLine: line, ...(column === null ? {} : { startColumn: column }) } }
}

function fileUri(path: string): string {
  const slashed = path.replaceAll('\\', '/').replace(/\/$/, '')
  return `file://${slashed.startsWith('/') || slashed === '' ? '' : '/'}${encoded(slashed)}`
}

function encoded(path: string): string {
  // Half a surrogate pair can't be encoded.
  return path.replace(/\p{Surrogate}/gu, '\ufffd').split('/').map(encodeURIComponent).join('/')
}
