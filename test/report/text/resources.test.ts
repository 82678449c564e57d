import t from 'tap'
import { resourceLines, shortened } from '../../../lib/report/text/resources.ts'
import { buildReport } from '../../support/report-builder.ts'
import type { ResourceInput } from '../../support/snapshot-builder.ts'

const lines = (...resources: readonly ResourceInput[]) =>
  resourceLines(buildReport({ resources: resources.map(resource => ({ at: 'src/a.ts:1:1', ...resource })) }).leaks)

t.test('each resource is told by descriptor, target and age, the oldest first', async t => {
  t.strictSame(lines({ fd: 9, target: '/b', openedMsAgo: 10 }, { fd: 110, target: '/var/a', openedMsAgo: 3200 }), [
    'fd 110  /var/a  opened 3.2 s ago',
    'fd 9    /b      opened 10 ms ago',
  ])
})

t.test('resources that lead to the same share a line', async t => {
  const same = (fd: number, openedMsAgo: number) => ({ fd, target: '/same', openedMsAgo })
  t.strictSame(lines(same(20, 4000), same(21, 3000)), ['fd 20, 21  /same  opened 4.0 s to 3.0 s ago'])
  t.strictSame(lines(...Array.from({ length: 9 }, (_, index) => same(20 + index, 1000))), ['fd 20, 21, 22, 23 and 5 others  /same  opened 1.0 s ago'])
})

t.test('four lines are shown, of more the first three and how many are left', async t => {
  const of = (count: number) => lines(...Array.from({ length: count }, (_, index) => ({ fd: 20 + index, target: `/f${index}` })))
  t.equal(of(4).length, 4)
  t.strictSame(of(5).slice(3), ['and 2 more'])
  t.strictSame(of(1021).slice(3), ['and 1018 more'])
})

t.test('without a descriptor a resource is told by its asyncId', async t => {
  t.strictSame(lines({ type: 'TCPWRAP', target: '127.0.0.1:1 -> 127.0.0.1:2' }), ['asyncId 10  127.0.0.1:1 -> 127.0.0.1:2  opened 1.0 s ago'])
  t.strictSame(lines({ type: 'fd' }, { type: 'fd' }), ['2 resources  opened 1.0 s ago'])
})

t.test('a name and a scope are quoted', async t => {
  t.strictSame(lines({ fd: 20, name: 'sql.Tx', scope: { name: 'request 42', ids: [1], judged: null, isAfter: false } }), ["fd 20  'sql.Tx'  in scope 'request 42'  opened 1.0 s ago"])
  t.strictSame(lines({ fd: 20, scope: { name: 'a > b', ids: [1, 2], judged: null, isAfter: true } }), ["fd 20  in scope 'a > b', which was closed by then  opened 1.0 s ago"])
})

t.test('a text of any length is shown by its two ends', async t => {
  t.equal(shortened(`/${'a'.repeat(5000)}b`), `/${'a'.repeat(199)}...${'a'.repeat(199)}b`)
  t.equal(shortened('\n'), '\\n')
})
