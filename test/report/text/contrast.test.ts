import t from 'tap'
import type { Contrast } from '../../../lib/model/report.ts'
import { contrastLines } from '../../../lib/report/text/contrast.ts'
import { buildReport } from '../../support/report-builder.ts'
import { buildSite, cwd } from '../../support/snapshot-builder.ts'

const inside = 'node_modules/pool/index.js:88:5 in acquire'

function contrast(opened: number, closed: number, ...closers: readonly (readonly [count: number, at: string | null])[]): Contrast {
  return { opened, closed, open: opened - closed, isExact: true, closers: closers.map(([count, at]) => ({ count, site: at === null ? null : buildSite(at) })) }
}

/** What is said of groups of one line, each a stack with what became of others of its line and caller. */
function said(...held: readonly (readonly [at: string, contrast: Contrast | null])[]): readonly string[] {
  const { leaks } = buildReport({ resources: held.map(([at], index) => ({ fd: 20 + index, at, openedMsAgo: 100 - index })) })
  return contrastLines(leaks.map((group, index) => ({ ...group, contrast: held[index]![1] })), cwd)
}

t.test('of a line that closed some, how many and where', async t => {
  t.strictSame(said(['a.js:1:1', contrast(44, 41, [41, 'pool.js:95:3 in release'])]), ['41 of 44 that this line opened were closed, at pool.js:95:3 in release.'])
  t.strictSame(said(['a.js:1:1', contrast(44, 41, [40, 'pool.js:95:3'], [1, null])]), ['41 of 44 that this line opened were closed, 40 at pool.js:95:3.'])
  t.strictSame(said(['a.js:1:1', contrast(44, 41, [41, null])]), ['41 of 44 that this line opened were closed.'])
  t.strictSame(said(['a.js:1:1', { ...contrast(44, 41), isExact: false }]), ['About 41 of 44 that this line opened were closed.'])
  t.strictSame(said(['a.js:1:1', null]), [])
})

t.test('of very many closing lines the first are told', async t => {
  const closers = [1, 2, 3, 4, 5].map(line => [6 - line, `a.js:${line}:1`] as const)
  t.strictSame(said(['b.js:1:1', contrast(20, 15, ...closers)]), ['15 of 20 that this line opened were closed, 5 at a.js:1:1, 4 at a.js:2:1, 3 at a.js:3:1 and 2 other lines.'])
})

t.test('what a line of a package opened for several callers is one sum', async t => {
  const release = 'node_modules/pool/index.js:95:3 in release'
  t.strictSame(said([`${inside} < a.js:1:1`, contrast(3, 1, [1, release])], [`${inside} < a.js:2:1`, contrast(2, 1, [1, release])]), [`2 of 5 that this line opened were closed, at ${release}.`])
  t.strictSame(said([`${inside} < a.js:1:1`, contrast(3, 2, [2, release])], [`${inside} < a.js:2:1`, null]), [`2 of 4 that this line opened were closed, at ${release}.`])
})

t.test('stacks of one line and caller have one contrast, counted once', async t => {
  const both = contrast(5, 3, [3, 'b.js:9:1'])
  t.strictSame(said(['a.js:1:1 < c.js:1:1', both], ['a.js:1:1 < c.js:2:1', both]), ['3 of 5 that this line opened were closed, at b.js:9:1.'])
  t.strictSame(said([`${inside} << c.js:1:1`, both], [inside, both]), ['3 of 5 that this line opened were closed, at b.js:9:1.'])
})
