import t from 'tap'
import { callerLines } from '../../../lib/report/text/callers.ts'
import { buildReport } from '../../support/report-builder.ts'
import { cwd } from '../../support/snapshot-builder.ts'

function lines(stacks: Readonly<Record<string, number>>) {
  const resources = Object.entries(stacks).flatMap(([at, count]) => Array.from({ length: count }, () => ({ at })))
  return callerLines(buildReport({ resources }).leaks, cwd)
}

t.test('a line that was reached one way lists its callers', async t => {
  t.strictSame(lines({ 'src/a.ts:1:1 < src/b.ts:2:2 in b < src/c.ts:3:3 in c': 4 }), ['at src/b.ts:2:2 in b', 'at src/c.ts:3:3 in c'])
})

t.test('a line without callers lists none', async t => {
  t.strictSame(lines({ 'src/a.ts:1:1': 2 }), [])
})

t.test('callers are counted where the ways part, and listed once as long as they do not', async t => {
  const shared = 'src/a.ts:1:1 < src/b.ts:2:2'
  t.strictSame(lines({ [`${shared} < src/c.ts:3:3`]: 1, [`${shared} < src/d.ts:4:4 < src/e.ts:5:5`]: 10, [`${shared} < src/d.ts:4:4 < src/f.ts:6:6`]: 2 }), [
    'at src/b.ts:2:2',
    '12 x at src/d.ts:4:4',
    '     10 x at src/e.ts:5:5',
    '      2 x at src/f.ts:6:6',
    ' 1 x at src/c.ts:3:3',
  ])
})

t.test('a way that ends where another goes on is counted apart', async t => {
  t.strictSame(lines({ 'src/a.ts:1:1': 3, 'src/a.ts:1:1 < src/b.ts:2:2': 2 }), ['2 x at src/b.ts:2:2'])
})

t.test('many ways are cut to the most used', async t => {
  const stacks = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`src/a.ts:1:1 < src/b.ts:${index + 1}:1`, index + 1]))
  t.strictSame(lines(stacks), ['6 x at src/b.ts:6:1', '5 x at src/b.ts:5:1', '4 x at src/b.ts:4:1', '6 x at 3 other lines'])
})

t.test('a long way is cut', async t => {
  const stack = Array.from({ length: 12 }, (_, index) => `src/a.ts:${index + 1}:1`).join(' < ')
  t.strictSame(lines({ [stack]: 1 }), [2, 3, 4, 5, 6].map(line => `at src/a.ts:${line}:1`))
})
