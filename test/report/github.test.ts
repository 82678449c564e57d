import fc from 'fast-check'
import t from 'tap'
import { github } from '../../lib/report/github.ts'
import { hostileSnapshot } from '../support/hostile.ts'
import { closedTwice } from '../support/misuse-builder.ts'
import { buildReport } from '../support/report-builder.ts'

const root = '/srv/app'

t.test('a leak is annotated at its opening line, and the summary stands at the end', async t => {
  const [annotation, summary, ...rest] = github(buildReport({ resources: [{ fd: 20, at: 'src/a,b.ts:88:17 in acquire' }] }), { root }).split('\n')
  t.match(annotation, /^::error file=src\/a%2Cb\.ts,line=88,col=17,title=leakwatch%3A 1 file descriptor opened at src\/a%2Cb\.ts%3A88%3A17 in acquire::1 file descriptor opened at src\/a,b\.ts:88:17 in acquire%0Awhy: Nobody called close\(\)\.%0Afix: /)
  t.match(summary, /^leakwatch: 1 leak from 1 line at exit/)
  t.strictSame(rest, [''])
})

t.test('files are named from the root of the repository', async t => {
  t.match(github(buildReport({ resources: [{ fd: 20, at: 'src/a.ts:88:17' }] }), { root: '/srv' }), /^::error file=app\/src\/a\.ts,/)
})

t.test('a leak without a line is annotated without one', async t => {
  t.match(github(buildReport({ mode: 'count', resources: [{ fd: 20 }] }), { root }), /^::error title=leakwatch%3A 1 file descriptor%2C opened where no stack was recorded::/)
})

t.test('no more is annotated than GitHub shows, and the summary says how much is not', async t => {
  const resources = Array.from({ length: 13 }, (_, index) => ({ fd: 20 + index, at: `src/a${index}.ts:1:1` }))
  const lines = github(buildReport({ resources }), { root }).trimEnd().split('\n')
  t.equal(lines.filter(line => line.startsWith('::error ')).length, 10)
  t.match(lines.at(-1), /^leakwatch: 13 leaks from 13 lines.*, 3 groups of leaks without an annotation: LEAKWATCH_FORMAT=json lists them all$/)
})

t.test('a misuse is a warning where it happened', async t => {
  const report = buildReport({ resources: [{ fd: 20, at: 'src/a.ts:1:1' }] })
  const misuse = closedTwice({ closed: report.leaks[0]!.site })
  t.match(github({ ...report, leaks: [], misuses: [misuse] }, { root }), /^::warning file=src\/a\.ts,line=1,col=1,title=leakwatch%3A file descriptor misused::file descriptor misused%0Awhy: It was closed .* 2 times\.%0Afix: Close it in one place\.\nleakwatch: /)
})

t.test('a misuse inside a package is annotated where the application called it, or opened what is misused', async t => {
  const [called, opened, inside] = ['node_modules/closer/index.js:1:1 < src/b.ts:5:5', 'src/a.ts:2:2', 'node_modules/closer/index.js:9:9'].map(at => buildReport({ resources: [{ fd: 20, at }] }).leaks[0]!.site)
  const place = (sites: Parameters<typeof closedTwice>[0]) => /file=([^,]*),line=(\d+)/.exec(github({ ...buildReport({}), misuses: [closedTwice(sites)] }, { root }))?.slice(1).join(':')
  t.equal(place({ second: called! }), 'src/b.ts:5')
  t.equal(place({ opened: opened!, second: inside! }), 'src/a.ts:2')
  t.equal(place({ second: inside! }), 'node_modules/closer/index.js:9')
})

t.test('nothing from outside ends a line, begins one or gives a command', async () => {
  fc.assert(fc.property(hostileSnapshot, snapshot => {
    const report = buildReport(snapshot)
    const lines = github(report, { root }).split('\n')
    const commands = lines.filter(line => line.trimStart().startsWith('::'))
    const properties = commands.map(line => /^::error ([^:]*)::/.exec(line)?.[1]?.split(','))
    return lines.length === Math.min(10, report.leaks.length) + 2 && commands.length === lines.length - 2 && lines.at(-2)!.startsWith('leakwatch: ')
      && properties.every(named => named?.every(property => /^(file|line|col|title)=/.test(property)))
      && !lines.some(line => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|##\w*\[/.test(line))
  }), { numRuns: 300 })
})
