import t from 'tap'
import { tap } from '../../../lib/collect/taps/tap.ts'

type Add = (this: unknown, a: number, b: number) => number

const through = (original: Add): Add => function () {
  return Reflect.apply(original, this, arguments)
}

function owner() {
  const add: Add & { custom?: string } = function add(a, b) { return a + b }
  add.custom = 'kept'
  return Object.defineProperty({}, 'add', { value: add, writable: true, configurable: true, enumerable: false }) as { add: Add & { custom?: string } }
}

t.test('a tapped function keeps its looks', async t => {
  const tapped = owner()
  const { add } = tapped
  tap<Add>(tapped, 'add', through)
  t.not(tapped.add, add)
  t.equal(tapped.add(1, 2), 3)
  t.strictSame([tapped.add.name, tapped.add.length, tapped.add.custom], ['add', 2, 'kept'])
  t.equal(Object.getPrototypeOf(tapped.add), Object.getPrototypeOf(add))
  t.strictSame(new Set(Reflect.ownKeys(tapped.add)), new Set(Reflect.ownKeys(add)))
  t.match(Object.getOwnPropertyDescriptor(tapped, 'add'), { writable: true, configurable: true, enumerable: false })
})

t.test('a tap is undone', async t => {
  const tapped = owner()
  const before = Object.getOwnPropertyDescriptor(tapped, 'add')
  tap<Add>(tapped, 'add', through)!()
  t.strictSame(Object.getOwnPropertyDescriptor(tapped, 'add'), before)
})

t.test('a tap beneath another one is left where it is', async t => {
  const tapped = owner()
  const undo = tap<Add>(tapped, 'add', through)!
  const beneath = tapped.add
  const above: Add = function (a, b) { return Reflect.apply(beneath, this, [a, b]) * 10 }
  tapped.add = above
  undo()
  t.equal(tapped.add, above)
  t.equal(tapped.add(1, 2), 30)
})

t.test('a tap on an owner that was frozen since is left where it is', async t => {
  const tapped = owner()
  const undo = tap<Add>(tapped, 'add', through)!
  Object.freeze(tapped)
  t.doesNotThrow(undo)
  t.equal(tapped.add(1, 2), 3)
})

t.test('what is no method of the owner itself is not tapped', async t => {
  t.equal(tap({}, 'toString', through as never), null)
  t.equal(tap({ add: 7 }, 'add', through as never), null)
  const accessor = { get add() { throw new Error('never read') } }
  t.equal(tap(accessor, 'add', through as never), null)
})

t.test('a tap on a frozen owner throws what defineProperty throws', async t => {
  t.throws(() => tap<Add>(Object.freeze(owner()), 'add', through), TypeError)
})
