import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import t from 'tap'
import { sarif } from '../../lib/report/sarif.ts'
import type { Report } from '../../lib/model/report.ts'
import { hostileSnapshot } from '../support/hostile.ts'
import { matches } from '../support/matches.ts'
import { closedTwice } from '../support/misuse-builder.ts'
import { buildReport } from '../support/report-builder.ts'

// Of draft 04, of which it uses nothing that later drafts read otherwise but the name of its id.
const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'))
const validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false, formats: { 'date-time': /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, uri: isUri, 'uri-reference': isUri } }).compile(schema)

function isUri(text: string): boolean {
  return /^([A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-F]{2})*$/.test(text) && URL.canParse(text, 'file:///')
}

function logOf(report: Report, root = '/srv/app'): any {
  const log = JSON.parse(sarif(report, { root }))
  validate(log)
  t.strictSame(validate.errors ?? [], [], 'valid SARIF 2.1.0')
  return log
}

t.test('the schema refuses what is not SARIF', async t => {
  t.equal(validate({ version: '2.1.0' }), false)
  t.equal(validate({ version: '2.1.0', runs: [{ tool: { driver: { name: 'x' } }, results: [{ message: { text: 'x' }, locations: [{ physicalLocation: { artifactLocation: { uri: 'a b' } } }] }] }] }), false)
})

t.test('a leak is a result at its opening line, with its fingerprint, count and init stack', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'node:fs:1:1 in openSync < src/a b.ts:1:2 in f < src/c.ts:5:6' }, { fd: 21, at: 'node:fs:1:1 in openSync < src/a b.ts:1:2 in f < src/c.ts:5:6' }] })
  const [run] = logOf(report).runs
  matches(t, run, {
    tool: { driver: { name: 'leakwatch', rules: [{ id: 'leak/fd', shortDescription: { text: 'file descriptors that nobody closed' } }] } },
    originalUriBaseIds: { SRCROOT: { uri: 'file:///srv/app/' } },
    invocations: [{ executionSuccessful: true }],
    results: [{
      ruleId: 'leak/fd', ruleIndex: 0, level: 'error', message: { text: /^2 file descriptors opened at src\/a b\.ts:1:2 in f\nfrom at src\/c\.ts/ }, occurrenceCount: 2,
      locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a%20b.ts', uriBaseId: 'SRCROOT' }, region: { startLine: 1, startColumn: 2 } } }],
      partialFingerprints: { 'leakwatch/v1': report.leaks[0]!.fingerprint },
      stacks: [{ frames: [{ location: { logicalLocations: [{ fullyQualifiedName: 'f' }] } }, { location: { physicalLocation: { region: { startLine: 5 } } } }] }],
    }],
  })
  t.equal('baselineState' in run.results[0], false)
})

t.test('results of several types have a rule each', async t => {
  const { results, tool } = logOf(buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }, { type: 'TCPWRAP', at: 'src/a.ts:2:1' }, { fd: 21, at: 'src/a.ts:3:1' }] })).runs[0]
  t.strictSame(results.map(({ ruleId, ruleIndex }: any) => [ruleId, tool.driver.rules[ruleIndex].id]), [['leak/fd', 'leak/fd'], ['leak/TCPWRAP', 'leak/TCPWRAP'], ['leak/fd', 'leak/fd']])
})

t.test('a file outside the root is named by its URI, and what lies in no file by the program, since GitHub refuses results without one', async t => {
  const { results } = logOf(buildReport({ resources: [{ fd: 20, at: '/opt/x#y.js:1:1' }, { fd: 21, at: '[eval]:1:1' }] })).runs[0]
  matches(t, results, [{ locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///opt/x%23y.js' } } }] }, { locations: [{ physicalLocation: { artifactLocation: { uri: 'main.js', uriBaseId: 'SRCROOT' }, region: { startLine: 1 } } }] }])
  const counting = buildReport({ mode: 'count', resources: [{ fd: 20 }] })
  const argv = counting.process.argv.slice(0, 1)
  matches(t, logOf({ ...counting, process: { ...counting.process, argv } }).runs[0].results, [{ locations: [{ physicalLocation: { artifactLocation: { uri: '.', uriBaseId: 'SRCROOT' } } }] }])
})

t.test('where the opening line lies in no file, the next one of the application does', async t => {
  const { results } = logOf(buildReport({ resources: [{ fd: 20, at: '[eval]:1:1 < node_modules/vm2/run.js:2:2 < src/a.ts:3:3' }] })).runs[0]
  matches(t, results, [{ locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 3 } } }] }])
})

t.test('a file is named as it is called, whatever characters that takes', async t => {
  const { results } = logOf(buildReport({ resources: [{ fd: 20, at: 'src/a\nb\u202e.ts:1:1' }, { fd: 21, at: 'src/half \ud800.ts:1:1' }] })).runs[0]
  matches(t, results, [
    { locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a%0Ab%E2%80%AE.ts' } } }] },
    { locations: [{ physicalLocation: { artifactLocation: { uri: 'src/half%20%EF%BF%BD.ts' } } }] },
  ])
})

t.test('a misuse is a warning where it happened', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }] })
  const [run] = logOf({ ...report, leaks: [], misuses: [closedTwice({ closed: report.leaks[0]!.site })] }).runs
  matches(t, run, {
    tool: { driver: { rules: [{ id: 'misuse/fd/ERR_LEAKWATCH_CLOSED_TWICE', shortDescription: { text: 'file descriptor misused' } }] } },
    results: [{
      ruleId: 'misuse/fd/ERR_LEAKWATCH_CLOSED_TWICE', ruleIndex: 0, level: 'warning', occurrenceCount: 2,
      message: { text: 'file descriptor misused\nwhy: It was closed although it was closed already. 2 times.\nfix: Close it in one place.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'src/a.ts' }, region: { startLine: 1 } } }],
    }],
  })
})

t.test('a known leak is a note that is borne with its reason, and a state says how each stands to the baseline', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }, { fd: 21, at: 'src/b.ts:1:1' }] })
  const [leak, other] = report.leaks
  const entry = { fingerprint: leak!.fingerprint, type: 'fd', site: 'src/a.ts', count: 1, borne: 1, reason: 'old', firstSeen: '2026-01-01', until: null }
  const baseline = { file: 'leakwatch-baseline.json', isUpdated: false, entries: [{ ...entry, state: 'known' as const }, { ...entry, fingerprint: other!.fingerprint, state: 'grown' as const }] }
  const { results } = logOf({ ...report, leaks: [other!], known: [{ ...leak!, reason: 'old' }], baseline }).runs[0]
  matches(t, results, [{ level: 'error', baselineState: 'updated' }, { level: 'note', baselineState: 'unchanged', suppressions: [{ kind: 'external', justification: 'old' }] }])
})

t.test('a fault is told as a run that failed', async t => {
  matches(t, logOf(buildReport({ complete: false, faults: [{ where: 'table', message: 'full' }] })).runs[0].invocations, [{ executionSuccessful: false, toolExecutionNotifications: [{ level: 'note', message: { text: /^leakwatch: incomplete, no verdict at exit / } }, { level: 'error', message: { text: 'table: full' } }] }])
})

t.test('it is valid and harmless to print, whatever names and messages hold', async () => {
  fc.assert(fc.property(hostileSnapshot, snapshot => {
    const text = sarif(buildReport(snapshot), { root: '/srv/app' })
    return validate(JSON.parse(text)) && !/^\s*::|##\w*\[|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028]/m.test(text)
  }), { numRuns: 300 })
})
