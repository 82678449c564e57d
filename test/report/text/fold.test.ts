import t from 'tap'
import { filesToQuote, fold, lineCount, quotedFrame, sections } from '../../../lib/report/text/fold.ts'
import { buildReport } from '../../support/report-builder.ts'
import type { ResourceInput } from '../../support/snapshot-builder.ts'

const leaks = (...resources: readonly ResourceInput[]) => buildReport({ resources }).leaks

t.test('groups that share their opening line are folded, the largest fold first', async t => {
  const folds = fold(leaks(
    { at: 'src/a.ts:1:1 < src/b.ts:1:1' },
    { at: 'src/c.ts:9:9' }, { at: 'src/c.ts:9:9' },
    { at: 'src/a.ts:1:1 < src/b.ts:2:2' },
    { type: 'FILEHANDLE', at: 'src/a.ts:1:1' },
  ))
  t.strictSame(folds.map(({ opening, count, groups }) => [opening!.file, count, groups.length]), [['/srv/app/src/a.ts', 3, 3], ['/srv/app/src/c.ts', 2, 1]])
})

t.test('openings in one line are told apart by column and counted as one line', async t => {
  const folds = fold(leaks({ at: 'src/a.ts:1:1' }, { at: 'src/a.ts:1:20' }))
  t.equal(folds.length, 2)
  t.equal(lineCount(folds), 1)
})

t.test('accepted sockets are apart from their server', async t => {
  const folds = fold(leaks({ type: 'TCPSERVERWRAP', at: 'src/a.ts:1:1' }, { type: 'TCPWRAP', server: { at: 'src/a.ts:1:1' } }))
  t.strictSame(folds.map(({ groups }) => groups.map(({ type }) => type)), [['TCPSERVERWRAP'], ['TCPWRAP']])
})

t.test('folds of one line follow one another, however many another line opened', async t => {
  const folds = fold(leaks({ at: 'src/a.ts:1:1' }, { at: 'src/b.ts:1:1' }, { at: 'src/b.ts:1:1' }, { at: 'src/a.ts:1:9' }, { at: 'src/a.ts:1:9' }))
  t.strictSame(folds.map(({ opening, count }) => [opening!.file, opening!.column, count]), [['/srv/app/src/a.ts', 9, 2], ['/srv/app/src/a.ts', 1, 1], ['/srv/app/src/b.ts', 1, 2]])
})

t.test('what was counted without stacks is one fold, and no line', async t => {
  const folds = fold(buildReport({ mode: 'count', resources: [{ type: 'fd' }, { type: 'TCPWRAP' }] }).leaks)
  t.strictSame([folds.length, folds[0]!.opening, lineCount(folds)], [1, null, 0])
})

t.test('lines inside packages have a section of their own', async t => {
  const [own, foreign] = sections(leaks({ at: 'src/a.ts:1:1' }, { at: 'node_modules/x/a.js:1:1 < src/a.ts:2:2' }))
  t.strictSame([own, foreign].map(folds => folds.map(one => one.package)), [[null], ['x@1.0.0']])
})

t.test('of a package the line of the application is quoted, as long as there is one', async t => {
  const inside = 'node_modules/x/a.js:1:1'
  const quoted = (...stacks: readonly string[]) => quotedFrame(fold(leaks(...stacks.map(at => ({ at }))))[0]!)
  t.match(quoted(`${inside} < src/a.ts:2:2`), { file: '/srv/app/src/a.ts', line: 2 })
  t.match(quoted(`${inside} < src/a.ts:2:2 < src/b.ts:1:1`, `${inside} < src/a.ts:2:2 < src/c.ts:1:1`), { file: '/srv/app/src/a.ts', line: 2 })
  t.equal(quoted(`${inside} < src/a.ts:2:2`, `${inside} < src/a.ts:3:3`), null)
  t.match(quoted(inside), { file: '/srv/app/node_modules/x/a.js' })
})

t.test('the files to quote are those of the lines that are told in full', async t => {
  const many = Array.from({ length: 30 }, (_, index) => ({ at: `src/f${String(index).padStart(2, '0')}.ts:1:1`, openedMsAgo: 100 - index }))
  t.strictSame(filesToQuote(buildReport({ resources: many })).at(-1), '/srv/app/src/f19.ts')
  const mixed = [{ at: 'src/a.ts:1:1' }, { at: 'src/a.ts:2:2' }, { at: 'node_modules/x/a.js:1:1 < src/b.ts:2:2' }]
  t.strictSame(filesToQuote(buildReport({ resources: mixed })), ['/srv/app/src/a.ts', '/srv/app/src/b.ts'])
  t.strictSame(filesToQuote(buildReport({ mode: 'count', resources: [{}] })), [])
})
