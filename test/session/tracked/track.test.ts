import t from 'tap'
import { diff, type Report, type Snapshot, type Tag, track, watch } from '../../../lib/index.ts'
import { detects, groupAt } from '../../support/detection.ts'
import { matches } from '../../support/matches.ts'
import { fixture } from '../../support/paths.ts'
import { schemaFaults } from '../../support/report-schema.ts'

const named = ({ resources }: Snapshot) => resources.map(({ kind, type, name, target }) => ({ kind, type, name, target }))
const leaked = ({ leaks }: Report) => leaks.map(({ type, count }) => `${type} ${count}`)

t.test('a tag is named by the line that opened it until it is closed, whichever way is left', async t => {
  await detects(t, { script: fixture('session', 'tags.mjs') }, {
    also(t, report) {
      const group = groupAt(report, 'sql.Rows', 'parent.child')
      t.match(group, { kind: 'tracked', verdict: 'active', reason: 'Nobody called close().', hint: /^Call tag\.close\(\) on every path/ })
      t.match(group.resources[0], { asyncId: null, fd: null, name: null, target: 'select 1', ref: null })
      matches(t, groupAt(report, 'sql.Tx', 'track(').resources, [{ name: 'transfer' }])
      t.strictSame(report.misuses, [])
    },
  })
})

t.test('a tag whose object the garbage collector took is a leak, and does not keep it alive', async t => {
  await detects(t, { script: fixture('session', 'tags-collected.mjs') }, {
    also(t, report) {
      const collected = report.leaks.find(({ verdict }) => verdict === 'collected')!
      t.match(collected.reason, /^Nobody called close\(\): the garbage collector took what it stands for, .* after the opening\.$/)
      t.match(collected.hint, /^Do not leave it to the garbage collector\. Call tag\.close\(\)/)
      t.strictSame(collected.resources.map(({ name }) => name), ['dropped', 'dropped'])
    },
  })
})

t.test('open tags are in snapshots and diffs as what their kind, name and target say', async t => {
  using w = watch({ types: ['tracked'] })
  const before = w.snapshot()
  const tag = track('lock', { name: 'orders', target: 'redis' })
  const after = w.snapshot()
  t.strictSame(named(after), [{ kind: 'tracked', type: 'lock', name: 'orders', target: 'redis' }])
  t.strictSame(JSON.parse(JSON.stringify(after)), after)
  tag.target = 'elsewhere'
  t.strictSame(named(w.snapshot()), [{ kind: 'tracked', type: 'lock', name: 'orders', target: 'elsewhere' }])
  tag.close()
  const late = track('lock')
  const { survivors, gone, kept } = diff(after, w.snapshot())
  t.strictSame([survivors.length, gone.map(({ name }) => name), kept.length], [1, ['orders'], 0])
  t.strictSame(diff(before, after).survivors.length, 1)
  late.close()
})

t.test('what was tracked before a watch began is nobody\'s leak, what came since is', async t => {
  const early = track('early')
  using w = watch({ settleMs: 0 })
  const late = track('late')
  t.strictSame(leaked(await w.check()), ['late 1'])
  const report = await w.check({ since: w.snapshot() })
  t.strictSame(leaked(report), [])
  t.strictSame(schemaFaults(report), [])
  early.close()
  late.close()
})

t.test('a watch of other types sees no tags', async t => {
  using w = watch({ types: ['fs'] })
  using tag = track('lock')
  t.ok(tag.isOpen)
  t.strictSame(named(w.snapshot()), [])
})

t.test('a kind may have the name of a type of Node\'s without being taken for one', async t => {
  using w = watch({ types: ['tracked'], settleMs: 0 })
  const tags = ['fd', 'FSREQCALLBACK', 'Timeout', 'DNSCHANNEL'].map(kind => track(kind))
  const { leaks, pending } = await w.check()
  t.strictSame(leaks.map(({ kind, type, verdict, reason }) => `${kind} ${type} ${verdict} ${reason}`).toSorted(), ['DNSCHANNEL', 'FSREQCALLBACK', 'Timeout', 'fd'].map(type => `tracked ${type} active Nobody called close().`))
  t.strictSame(pending, [])
  for (const tag of tags) tag.close()
})

t.test('a tag tells what it is, and is closed for good', async t => {
  const tag = track('lock', { name: 'orders' })
  t.match(tag, { kind: 'lock', name: 'orders', target: null, isOpen: true })
  tag.close()
  t.equal(tag.isOpen, false)
  tag[Symbol.dispose]()
  await tag[Symbol.asyncDispose]()
  t.equal(track('lock').name, null)
})

t.test('a tag shows nothing of its inside', async t => {
  const parent = track('lock')
  const tag = parent.child('part')
  const { inspect } = process.getBuiltinModule('node:util')
  t.equal(inspect(tag), 'TrackedTag {}')
  t.equal(JSON.stringify(tag), '{}')
  tag.close()
  parent.close()
})

const misuses: readonly (readonly [what: string, misuse: () => unknown, code: string, message: RegExp])[] = [
  ['no kind', () => track(undefined as never), 'ERR_LEAKWATCH_ARGUMENT', /wants a kind, such as 'sql\.Tx', but was given undefined/],
  ['an empty kind', () => track(''), 'ERR_LEAKWATCH_ARGUMENT', /was given ''/],
  ['a misspelt option', () => track('lock', { nmae: 'a' } as never), 'ERR_LEAKWATCH_OPTION_UNKNOWN', /'nmae'.*Did you mean 'name'\?/],
  ['a number for a name', () => track('lock', { name: 7 as never }), 'ERR_LEAKWATCH_OPTION_INVALID', /'name' wants a string, but was given number/],
  ['null for a target', () => track('lock', { target: null as never }), 'ERR_LEAKWATCH_OPTION_INVALID', /'target' wants a string, but was given null/],
  ['text for an object', () => track('lock', { object: 'text' as never }), 'ERR_LEAKWATCH_OPTION_INVALID', /'object' wants an object, but was given string/],
  ['null for an object', () => track('lock', { object: null as never }), 'ERR_LEAKWATCH_OPTION_INVALID', /was given null/],
  ['null for options', () => track('lock', null as never), 'ERR_LEAKWATCH_OPTION_INVALID', /wants an object/],
  ['something else for a parent', () => track('lock', { parent: {} as Tag }), 'ERR_LEAKWATCH_ARGUMENT', /'parent' wants a tag of the same tracker/],
  ['a parent for a child', () => track('lock').child('part', { parent: track('lock') } as never), 'ERR_LEAKWATCH_OPTION_UNKNOWN', /'parent'/],
]

for (const [what, misuse, code, message] of misuses) {
  t.test(`${what} is refused with what is wanted`, async t => {
    t.throws(misuse, { name: 'LeakwatchError', code, message })
  })
}

t.test('a target that is no text is refused, and the tag keeps the one that it has', async t => {
  using tag = track('thing', { target: 'one' })
  for (const given of [7, 7n, new URL('file:///a'), {}]) t.throws(() => { tag.target = given as unknown as string }, { code: 'ERR_LEAKWATCH_OPTION_INVALID', message: /'target'/ })
  t.equal(tag.target, 'one')
  tag.target = null
  t.equal(tag.target, null)
})
