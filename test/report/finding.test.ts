import t from 'tap'
import { findingsOf, placeOf } from '../../lib/report/finding.ts'
import { matches } from '../support/matches.ts'
import { buildReport } from '../support/report-builder.ts'

const frame = { function: null, line: 3, column: 5 }

t.test('a finding has the headline, its callers, why and what to do', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1 in open < src/b.ts:2:2 in load' }] })
  matches(t, findingsOf(report.leaks, report, { root: '/srv/app' }), [{
    title: '1 file descriptor opened at src/a.ts:1:1 in open',
    lines: ['from at src/b.ts:2:2 in load', 'why: Nobody called close().', /^fix: Close it with/],
    place: { path: 'src/a.ts', isInside: true, line: 1, column: 1 },
  }])
})

t.test('of a leak inside a package the line of the application is shown', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'node_modules/multer/disk.js:9:9 in open < src/b.ts:2:2' }] })
  matches(t, findingsOf(report.leaks, report, { root: '/srv/app' }), [{ title: /by multer@1\.0\.0 at node_modules/, place: { path: 'src/b.ts', line: 2 } }])
})

t.test('files are named from the root where they lie below it, and whole where they do not', async t => {
  t.match(placeOf({ ...frame, file: '/repo/packages/a/x.ts' }, '/repo'), { path: 'packages/a/x.ts', isInside: true })
  t.match(placeOf({ ...frame, file: '/repository/x.ts' }, '/repo'), { path: '/repository/x.ts', isInside: false })
  t.match(placeOf({ ...frame, file: 'c:\\repo\\x.ts' }, 'C:\\repo'), { path: 'x.ts', isInside: true })
})

t.test('what lies in no file has no place', async t => {
  for (const file of ['[eval]', 'node:fs', 'evalmachine.<anonymous>', 'webpack://a/b.js', null]) t.equal(placeOf({ ...frame, file }, '/'), null)
  t.equal(placeOf(null, '/'), null)
})
