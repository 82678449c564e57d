import t from 'tap'
import { comparePrograms, type Program, runBoth } from './compare.ts'

const sampling = { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: '0.0001%' }
const everyType = { LEAKWATCH_TYPES: 'all' }

comparePrograms([
  { title: 'everything runs alike while every type is recorded', script: 'everything.mjs', env: everyType },
  { title: 'workers end alike while every type is recorded', script: 'threads-files.mjs', env: everyType },
  { title: 'messages are read as often while every type is recorded', script: 'threads-eval.cjs', env: everyType },
  { title: 'forks and children run alike while every type is recorded', script: 'processes-forks.cjs', args: ['json'], env: everyType },
  { title: 'signal handlers are called alike while every type is recorded', script: 'signals.cjs', args: ['own'], env: everyType },
  { title: 'hooks of the program are told the same while every type is recorded', script: 'async-hooks.mjs', env: everyType },
  { title: 'resources named like Node\'s are left alone while every type is recorded', script: 'async-named-like-node.mjs', flags: ['--expose-gc'], env: everyType },
  { title: 'what is dropped is collected while every type is recorded', script: 'globals-collected.mjs', flags: ['--expose-gc'], env: everyType },
  { title: 'everything runs alike while it is only counted', script: 'everything.mjs', env: { LEAKWATCH: 'count' } },
  { title: 'callbacks come in the same order while everything is only counted', script: 'async-order.mjs', env: { LEAKWATCH: 'count' } },
  { title: 'everything runs alike while stacks are sampled', script: 'everything.mjs', env: sampling },
  { title: 'callbacks come in the same order while stacks are sampled', script: 'async-order.mjs', env: sampling },
  { title: 'everything runs alike while nothing is recorded', script: 'everything.mjs', env: { LEAKWATCH: 'off' }, reports: 'none' },
])

const text = { LEAKWATCH_FORMAT: 'text', LEAKWATCH_OUTPUT: '' }

t.test('a report on standard error comes after all that the program says there', async t => {
  const program: Program = { title: 'leaks', script: 'everything.mjs', env: text }
  const { bare, watched } = await runBoth(program)
  t.strictSame({ ...watched.outcome, stderr: '' }, { ...bare.outcome, stderr: '' })
  t.ok(watched.outcome.stderr.startsWith(bare.outcome.stderr))
  t.match(watched.outcome.stderr.slice(bare.outcome.stderr.length), 'everything.mjs')
})

t.test('nothing is said about a program that leaves nothing open', async t => {
  const program: Program = { title: 'clean', script: 'empty.mjs', env: text }
  const { bare, watched } = await runBoth(program)
  t.strictSame(watched.outcome, bare.outcome)
})
