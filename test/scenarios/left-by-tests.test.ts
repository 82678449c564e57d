import { readFileSync } from 'node:fs'
import t from 'tap'
import { fixture, inRoot } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const script = fixture('scenarios', 'left-by-tests.mjs')
const lines = readFileSync(script, 'utf8').split('\n')

// By test, the numbers of its marked lines.
const marked = new Map<string, readonly number[]>()
for (const [index, line] of lines.entries()) {
  const title = /^test\('([^']+)'/.exec(line)?.[1]
  if (title !== undefined) marked.set(title, [])
  else if (line.includes('// LEAK')) {
    const [last, numbers] = [...marked].at(-1)!
    marked.set(last, [...numbers, index + 1])
  }
}

t.test('what other tools name as left behind by a test fails this very test, at the line that opened it', async t => {
  const flags = ['--import', inRoot('dist/lib/adapters/node-test.js'), '--test-reporter=tap', '--test-force-exit']
  const { stdout } = await runNode({ script, register: false, flags, env: { LEAKWATCH_TYPES: 'fs,requests,net,process,watch,timers,http,SIGNALWRAP' } })
  const blocks = stdout.split(/^# Subtest: /m).slice(1)
  t.equal(blocks.length, marked.size)
  for (const block of blocks) {
    const [title = ''] = block.split('\n')
    const named = [...block.matchAll(/ at \S*left-by-tests\.mjs:(\d+):\d+/g)].filter(({ index }) => !/\b(from|by|but) .*$/.test(block.slice(0, index).split('\n').at(-1)!))
    const expected = marked.get(title) ?? []
    t.equal(/^ok /m.test(block), expected.length === 0, title)
    t.strictSame(expected.filter(line => !named.some(([, number]) => Number(number) === line)), [], `${title}: every line`)
  }
})
