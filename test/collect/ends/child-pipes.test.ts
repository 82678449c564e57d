import t from 'tap'
import { ChildPipes } from '../../../lib/collect/ends/child-pipes.ts'
import { type Entry, Table } from '../../../lib/collect/table.ts'

const handle = {}
const child = { stdio: [null, { [Symbol('kHandle')]: handle }, { [Symbol('kHandle')]: {} }] }
const entryOf = (each: object) => each === handle ? { asyncId: 7 } as Entry : undefined

t.test('the pipes of a child that has just exited are about to close', async t => {
  const pipes = new ChildPipes()
  pipes.exits(child, entryOf, 5_000)
  t.strictSame([...pipes.now(new Table(), entryOf, 5_000).closing], [7])
})

t.test('a pipe that is open long after its child exited is held by somebody else', async t => {
  const pipes = new ChildPipes()
  pipes.exits(child, entryOf, 5_000)
  t.strictSame([...pipes.now(new Table(), entryOf, 6_001).closing], [])
  pipes.exits({ stdio: [] }, entryOf, 6_001)
  t.strictSame([...pipes.now(new Table(), entryOf, 6_001).closing], [], 'the next exit does not bring it back')
})
