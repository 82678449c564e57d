import t from 'tap'
import { grouped } from '../../lib/model/grouped.ts'

t.test('items are grouped by key, keys and items in the order they are met', async t => {
  t.strictSame([...grouped(['pear', 'apple', 'plum', 'avocado'], word => word[0]!)], [['p', ['pear', 'plum']], ['a', ['apple', 'avocado']]])
  t.strictSame([...grouped([], String)], [])
})
