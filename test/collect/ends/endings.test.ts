import t from 'tap'
import { Endings } from '../../../lib/collect/ends/endings.ts'
import { matches } from '../../support/matches.ts'

function closed(endings: Endings, times: number, opened = 1, closer = 2): void {
  for (let time = 0; time < times; time++) endings.add('fd', opened, closer, endings.nextWeight())
}

t.test('what is closed is counted by type, opening and closing site', async t => {
  const endings = new Endings()
  closed(endings, 3)
  closed(endings, 2, 1, 4)
  endings.add('TCPWRAP', 1, -1, endings.nextWeight())
  endings.add('fd', -1, 2, endings.nextWeight())
  t.strictSame(endings.facts(), {
    isExact: true,
    bySite: [
      { type: 'fd', site: 1, closed: 5, closers: [{ site: 2, count: 3 }, { site: 4, count: 2 }] },
      { type: 'TCPWRAP', site: 1, closed: 1, closers: [{ site: -1, count: 1 }] },
    ],
  })
})

t.test('beyond the first 4,096 a sample of one in 16 stands for all, and says so', async t => {
  const endings = new Endings()
  closed(endings, 4_096)
  matches(t, endings.facts(), { isExact: true, bySite: [{ closed: 4_096 }] })
  closed(endings, 16_000)
  matches(t, endings.facts(), { isExact: false, bySite: [{ closed: 20_096 }] })
})

t.test('what ends in turn is told in its true share', async t => {
  const endings = new Endings()
  for (let time = 0; time < 20_000; time++) for (const site of [1, 2]) closed(endings, 1, site)
  const { bySite } = endings.facts()
  t.ok(bySite.every(({ closed: count }) => Math.abs(count - 20_000) < 2_000), JSON.stringify(bySite))
  t.equal(bySite[0]!.closed + bySite[1]!.closed, 40_000)
})

t.test('sites and closers are bounded', async t => {
  const endings = new Endings()
  for (let site = 0; site < 10_000; site++) endings.add('fd', site, 1, 1)
  for (let closer = 0; closer < 100; closer++) endings.add('fd', 0, closer, 1)
  const { bySite } = endings.facts()
  t.equal(bySite.length, 4_096)
  t.match(bySite[0], { closed: 101, closers: { length: 8 } })
})
