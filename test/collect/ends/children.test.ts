import { constants } from 'node:os'
import t from 'tap'
import { Children } from '../../../lib/collect/ends/children.ts'
import { type Entry, Table } from '../../../lib/collect/table.ts'

const handle = {}
const child = { stdio: [null, { [Symbol('kHandle')]: handle }, { [Symbol('kHandle')]: {} }] }
const entryOf = (each: object) => each === handle ? { asyncId: 7 } as Entry : undefined

t.test('the pipes of a child that has just exited are about to close', async t => {
  const children = new Children()
  children.exits(child, entryOf, 5_000)
  t.strictSame([...children.pipes(new Table(), entryOf, 5_000).closing], [7])
})

t.test('a pipe that is open long after its child exited is held by somebody else', async t => {
  const children = new Children()
  children.exits(child, entryOf, 5_000)
  t.strictSame([...children.pipes(new Table(), entryOf, 6_001).closing], [])
  children.exits({ stdio: [] }, entryOf, 6_001)
  t.strictSame([...children.pipes(new Table(), entryOf, 6_001).closing], [], 'the next exit does not bring it back')
})

t.test('a pipe that is open long after its child exited is held by somebody else, however many others have exited since', async t => {
  const children = new Children()
  children.exits(child, entryOf, 5_000)
  for (let afterMs = 5_500; afterMs <= 6_500; afterMs += 500) children.exits({ stdio: [] }, entryOf, afterMs)
  t.strictSame([...children.pipes(new Table(), entryOf, 6_500).closing], [])
})

t.test('a child that was sent a signal which asks it to end is ending for a moment, and waited for after that', async t => {
  const killed = { killed: true }
  for (const name of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
    const children = new Children()
    children.isSent(killed, constants.signals[name], 5_000)
    children.isSent(killed, constants.signals.SIGKILL, 9_000)
    t.strictSame([children.isEnding(killed, 6_000), children.isEnding(killed, 6_001)], [true, false])
    t.equal(children.waitOf(killed), 'signal')
  }
})

t.test('a child is not ending by other signals, nor by one that did not reach it', async t => {
  const children = new Children()
  const killed = { killed: true }
  for (const signal of [0, constants.signals.SIGUSR2, constants.signals.SIGWINCH]) children.isSent(killed, signal, 5_000)
  const missed = { killed: false }
  children.isSent(missed, constants.signals.SIGTERM, 5_000)
  for (const child of [killed, missed]) t.strictSame([children.isEnding(child, 5_000), children.waitOf(child)], [false, null])
})
