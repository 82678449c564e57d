import t from 'tap'
import { announcesPromises } from '../support/detection.ts'
import { type Program, runBoth } from './compare.ts'

// The price of the taps, of one hook, of the realm that captures stacks and of the descriptor in reserve; where promises are announced, of that too.
const known = [
  'the source of tapped functions',
  'whether process emits as every emitter',
  'own names of the prototype of process',
  'own symbols of process',
  'the number of the first descriptor',
  'the asyncId of a timer',
  'the number of native contexts',
  'modules of Node that are loaded',
  'frames below a callback',
  'frames below a callback of close',
]
const ofPromises = ['whether an await has an asyncId', 'symbols of a promise']

t.test('a program that looks for it can tell what is known, and nothing else', async t => {
  t.strictSame(await differences({}), [...known, ...announcesPromises() ? ofPromises : []].toSorted())
})

t.test('while leakwatch is off, a program can tell nothing', async t => {
  t.strictSame(await differences({ LEAKWATCH: 'off' }), [])
})

/** The questions to which the bare and the watched program have different answers. */
async function differences(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const program: Program = { title: 'known differences', script: 'known-differences.mjs', env }
  const { bare, watched } = await runBoth(program)
  const answers: Record<string, unknown> = JSON.parse(watched.outcome.stdout)
  const bareAnswers: Record<string, unknown> = JSON.parse(bare.outcome.stdout)
  return Object.keys(answers).filter(question => JSON.stringify(answers[question]) !== JSON.stringify(bareAnswers[question])).toSorted()
}
