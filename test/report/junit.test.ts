import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import t from 'tap'
import { junit } from '../../lib/report/junit.ts'
import type { Report } from '../../lib/model/report.ts'
import { hostileSnapshot } from '../support/hostile.ts'
import { matches } from '../support/matches.ts'
import { closedTwice } from '../support/misuse-builder.ts'
import { buildReport } from '../support/report-builder.ts'

interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  text: string
}

/** Throws where the text is no well-formed XML 1.0. */
function parsed(xml: string): Element {
  const parser = new SaxesParser()
  const above: Element[] = [{ name: '', attributes: {}, children: [], text: '' }]
  parser.on('error', error => { throw error })
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: '' }
    above.at(-1)!.children.push(element)
    above.push(element)
  })
  parser.on('text', text => { above.at(-1)!.text += text })
  parser.on('closetag', () => { above.pop() })
  parser.write(xml).close()
  return above[0]!.children[0]!
}

function suiteOf(report: Report): Element {
  const suites = parsed(junit(report, { root: '/srv/app' }))
  matches(t, suites, { name: 'testsuites', children: [{ name: 'testsuite' }] })
  return suites.children[0]!
}

t.test('each leaking group is a test case that failed, at its line', async t => {
  const suite = suiteOf(buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:2 in f' }, { fd: 21, at: 'src/a.ts:1:2 in f' }, { type: 'TCPWRAP', at: 'src/b.ts:3:4' }] }))
  t.match(suite.attributes, { name: 'leakwatch', tests: '2', failures: '2', errors: '0', skipped: '0', timestamp: '2026-03-01T12:00:00' })
  matches(t, suite.children, [
    { name: 'testcase', attributes: { classname: /^leakwatch\.[0-9a-f]{16}$/, name: '2 file descriptors opened at src/a.ts:1:2 in f', file: 'src/a.ts', line: '1' }, children: [{ name: 'failure', attributes: { message: 'Nobody called close().', type: 'fd active' }, text: /^2 file descriptors.*\nwhy: .*\nfix: / }] },
    { name: 'testcase', children: [{ name: 'failure' }] },
    { name: 'system-out', text: /^leakwatch: 3 leaks from 2 lines/ },
  ])
})

t.test('a misuse fails no test case, and is told beside them', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }] })
  const suite = suiteOf({ ...report, leaks: [], misuses: [closedTwice({ closed: report.leaks[0]!.site })] })
  matches(t, suite.children, [
    { attributes: { name: 'nothing leaks' } },
    { name: 'system-out', text: /^leakwatch: no leaks, 2 misuses .*\nfile descriptor misused at src\/a\.ts:1\nwhy: It was closed .* 2 times\.\nfix: Close it in one place\.$/ },
  ])
})

t.test('a known leak is a test case that was skipped, with its reason', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }] })
  const known = report.leaks.map(group => ({ ...group, reason: 'mended in 2.0' }))
  const suite = suiteOf({ ...report, leaks: [], known })
  matches(t, suite, { attributes: { tests: '2', failures: '0', skipped: '1' }, children: [{ children: [{ name: 'skipped', attributes: { message: 'mended in 2.0' } }] }, { attributes: { name: 'nothing leaks' }, children: [] }, {}] })
})

t.test('where nothing leaks one test case passes, and where the recording broke off one is an error', async t => {
  matches(t, suiteOf(buildReport({})), { attributes: { tests: '1', failures: '0', errors: '0' }, children: [{ attributes: { name: 'nothing leaks' }, children: [] }, {}] })
  const broken = suiteOf(buildReport({ complete: false, faults: [{ where: 'table', message: 'full' }] }))
  matches(t, broken, { attributes: { tests: '1', errors: '1' }, children: [{ children: [{ name: 'error', attributes: { message: 'table: full' } }] }, {}] })
})

t.test('it is well-formed and as deep as meant, whatever names and messages hold', async () => {
  fc.assert(fc.property(hostileSnapshot, snapshot => {
    const report = buildReport(snapshot)
    const xml = junit(report, { root: '/srv/app' })
    const names = parsed(xml).children[0]!.children.map(({ name }) => name)
    const cases = Math.max(1, report.leaks.length + (report.complete ? 0 : 1))
    return names.length === cases + 1 && names.slice(0, -1).every(name => name === 'testcase') && !/^\s*::|##\w*\[|[\u0080-\u009f\u2028]/m.test(xml)
  }), { numRuns: 300 })
})
