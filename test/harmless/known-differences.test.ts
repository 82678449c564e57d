import t from 'tap'
import { announcesPromises } from '../../lib/collect/hook-probes.ts'
import { type Program, runBoth } from './compare.ts'

// The price of the taps, of one hook and of the descriptor in reserve; where promises are announced, of that too.
const known = [
  'the source of tapped functions',
  'whether process emits as every emitter',
  'own names of the prototype of process',
  'own symbols of process',
  'the number of the first descriptor',
  'the asyncId of a timer',
  'frames below a callback',
  'frames below a callback of close',
]
const ofPromises = ['whether an await has an asyncId', 'symbols of a promise']

t.test('a program that looks for it can tell what is known, and nothing else', async t => {
  const program: Program = { title: 'known differences', script: 'known-differences.mjs' }
  const { bare, watched } = await runBoth(program)
  const answers: Record<string, unknown> = JSON.parse(watched.outcome.stdout)
  const bareAnswers: Record<string, unknown> = JSON.parse(bare.outcome.stdout)
  const told = Object.keys(answers).filter(question => JSON.stringify(answers[question]) !== JSON.stringify(bareAnswers[question]))
  t.strictSame(told.toSorted(), [...known, ...announcesPromises() ? ofPromises : []].toSorted())
})
