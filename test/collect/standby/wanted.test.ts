import t from 'tap'
import { type Wanted, WantedByAll } from '../../../lib/collect/standby/wanted.ts'
import { matches } from '../../support/matches.ts'

const modest: Wanted = { types: new Set(['fd']), isUnasked: false, depth: 4, budget: 0.01, ownership: 'off', chain: false }
const demanding: Wanted = { types: new Set(['fd', 'TCPWRAP']), isUnasked: true, depth: 16, budget: Infinity, ownership: 'throw', chain: true }

t.test('the most that anybody wants is what all want', async t => {
  const all = new WantedByAll()
  t.strictSame(plain(all), { types: [], isUnasked: false, depth: 0, budget: 0, ownership: 'off', chain: false })
  all.add(demanding)
  all.add(modest)
  t.strictSame(plain(all), { types: ['fd', 'TCPWRAP'], isUnasked: true, depth: 16, budget: Infinity, ownership: 'throw', chain: true })
})

t.test('what was taken back counts no more', async t => {
  const all = new WantedByAll()
  all.add(modest)
  all.add(demanding)
  all.delete(demanding)
  t.strictSame(plain(all), { ...modest, types: ['fd'] })
  all.delete(demanding)
  t.strictSame(plain(all), { ...modest, types: ['fd'] })
})

t.test('who captures no stack does not lift the budget of those who do', async t => {
  const all = new WantedByAll()
  all.add({ ...modest, depth: 0, budget: Infinity })
  all.add(modest)
  matches(t, all, { depth: 4, budget: 0.01 })
  all.add({ ...modest, budget: 0.5 })
  matches(t, all, { budget: 0.5 })
})

function plain({ types, isUnasked, depth, budget, ownership, chain }: Wanted): object {
  return { types: [...types], isUnasked, depth, budget, ownership, chain }
}
