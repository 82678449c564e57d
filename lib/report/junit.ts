import type { ReportedMisuse } from '../model/misuse.ts'
import type { Report } from '../model/report.ts'
import { escaped } from './escape.ts'
import { findingsOf, shownMisuse } from './finding.ts'
import type { Finding, Rooted } from './finding.ts'
import { summary } from './text/text.ts'

/**
 * JUnit XML with a test case for each group: a leak failed, a known one was skipped. Where nothing leaks one test case
 * passes, since readers take a suite without any for a mistake; a recording that broke off is an error.
 */
export function junit(report: Report, { root }: Rooted): string {
  const failed = findingsOf(report.leaks, report, { root }).map(failure)
  const skipped = findingsOf(report.known, report, { root }).map(skip)
  const broken = report.complete ? [] : [element('testcase', { classname: 'leakwatch', name: 'the recording is complete' }, [
    element('error', { message: report.faults.map(({ where, message }) => `${where}: ${message}`).join('; '), type: 'incomplete' }, []),
  ])]
  const passed = failed.length + broken.length > 0 ? [] : [element('testcase', { classname: 'leakwatch', name: 'nothing leaks' }, [])]
  const cases = [...failed, ...skipped, ...broken, ...passed]
  const counts = { tests: cases.length, failures: failed.length, errors: broken.length, skipped: skipped.length }
  const suite = element('testsuite', { name: 'leakwatch', ...counts, time: 0, timestamp: report.generatedAt.slice(0, 19) }, [
    ...cases,
    element('system-out', {}, [xml([summary(report), ...report.misuses.flatMap(misuse => misuseLines(misuse, root))].join('\n'))]),
  ])
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'leakwatch', ...counts, time: 0 }, [suite])}\n`
}

function misuseLines(misuse: ReportedMisuse, root: string): readonly string[] {
  const { title, lines, place } = shownMisuse(misuse, root)
  return [place === null ? title : `${title} at ${escaped(place.path)}:${place.line}`, ...lines]
}

function failure(finding: Finding): string {
  const { group: { type, verdict, reason }, title, lines } = finding
  return testCase(finding, element('failure', { message: reason, type: `${type} ${verdict}` }, [xml([title, ...lines].join('\n'))]))
}

function skip(finding: Finding): string {
  return testCase(finding, element('skipped', { message: finding.group.reason }, []))
}

function testCase({ group: { fingerprint }, title, place }: Finding, outcome: string): string {
  const at = place === null ? {} : { file: place.path, line: place.line }
  // Readers tell test cases apart, and keep their history, by class and name: lines move, fingerprints stay.
  return element('testcase', { classname: `leakwatch.${fingerprint}`, name: title, time: 0, ...at }, [outcome])
}

function element(name: string, attributes: Readonly<Record<string, string | number>>, content: readonly string[]): string {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${xml(escaped(String(value)))}"`).join('')
  return content.length === 0 ? `<${name}${given}/>` : `<${name}${given}>${content.join('\n')}</${name}>`
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\'': '&apos;', '\ufffe': '\\u{fffe}', '\uffff': '\\u{ffff}' }

// Of what XML has no way to write, `escaped` leaves U+FFFE and U+FFFF alone.
function xml(content: string): string {
  return content.replace(/[&<>"'\ufffe\uffff]/g, character => entities[character]!)
}
