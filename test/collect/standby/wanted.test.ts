import t from 'tap'
import { type Wanted, WantedByAll } from '../../../lib/collect/standby/wanted.ts'

const modest: Wanted = { types: new Set(['fd']), isUnasked: false, depth: 4, ownership: 'off', chain: false }
const demanding: Wanted = { types: new Set(['fd', 'TCPWRAP']), isUnasked: true, depth: 16, ownership: 'throw', chain: true }

t.test('the most that anybody wants is what all want', async t => {
  const all = new WantedByAll()
  t.strictSame(plain(all), { types: [], isUnasked: false, depth: 0, ownership: 'off', chain: false })
  all.add(demanding)
  all.add(modest)
  t.strictSame(plain(all), { types: ['fd', 'TCPWRAP'], isUnasked: true, depth: 16, ownership: 'throw', chain: true })
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

function plain({ types, isUnasked, depth, ownership, chain }: Wanted): object {
  return { types: [...types], isUnasked, depth, ownership, chain }
}
