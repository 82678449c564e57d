import t from 'tap'
import type { BaselineState, ReportedEntry } from '../../../lib/model/report.ts'
import { baselineLines } from '../../../lib/report/text/baseline.ts'
import { palette } from '../../../lib/report/text/palette.ts'
import { matches } from '../../support/matches.ts'

const canvas = { cwd: '/srv/app', sources: new Map(), style: palette({ colour: false }) }

function entry(state: BaselineState, facts: Partial<ReportedEntry> = {}): ReportedEntry {
  return { state, fingerprint: '0123456789abcdef', type: 'fd', site: 'src/a.ts in open', count: 0, borne: 2, reason: 'old', firstSeen: '2026-01-01', until: null, ...facts }
}

const lines = (...entries: ReportedEntry[]) => baselineLines({ file: 'b.json', entries, isUpdated: false }, canvas)

t.test('states are counted, and what is fixed is named', async t => {
  t.strictSame(lines(entry('new'), entry('known'), entry('known'), entry('fixed')), [
    'baseline b.json: 1 new, 2 known, 1 fixed',
    '  fixed  2 file descriptors at src/a.ts in open, on file since 2026-01-01: old',
    '  LEAKWATCH_BASELINE_UPDATE=1 takes what is fixed out of the file.',
    '',
  ])
})

t.test('tags that are fixed go by their kind', async t => {
  matches(t, lines(entry('fixed', { type: 'lock' }), entry('fixed', { type: 'pg.Pool', borne: 1 })).slice(1, 3), ['  fixed  2 lock tags at ', '  fixed  1 PostgreSQL pool at '])
})

t.test('a file that was brought up to date is said to be, without advice to do that', async t => {
  t.strictSame(baselineLines({ file: 'b.json', entries: [entry('new'), entry('fixed')], isUpdated: true }, canvas), [
    'baseline b.json: 1 new, 1 fixed. It was brought up to date.',
    '  fixed  2 file descriptors at src/a.ts in open, on file since 2026-01-01: old',
    '',
  ])
})

t.test('where nothing is to tell nothing is told', async t => {
  t.strictSame(lines(), [])
  t.strictSame(baselineLines(null, canvas), [])
})

t.test('of many that are fixed the first are named', async t => {
  const many = lines(...Array.from({ length: 23 }, () => entry('fixed')))
  t.equal(many.filter(line => line.startsWith('  fixed')).length, 20)
  t.ok(many.includes('  and 3 more'))
})

t.test('what stands on file can not act on a terminal or a CI log', async t => {
  t.notMatch(lines(entry('fixed', { site: '\n::error::x\x1b[2J', reason: '##[error]\n::error::y' })).join('\n'), /^\s*::|\x1b|##\[/m)
})
