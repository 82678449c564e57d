import t from 'tap'
import { hideOwnFrames } from '../../../lib/adapters/watching/own-frames.ts'
import { inRoot, root } from '../../support/paths.ts'

// Tests run as modules of dist: there the frames of leakwatch are those of its modules.
const ownPath = inRoot('dist/lib/collect/taps/fs.js')
const ownUrl = new URL('dist/lib/adapters/watching/within.js', root).href
const program = '    at open (/app/test/file.test.js:3:5)'

function failed(lines: readonly string[]): Error {
  return Object.defineProperty(new Error('failed'), 'stack', { value: lines.join('\n'), writable: true, configurable: true })
}

t.test('frames of leakwatch are taken out, and nothing else', async t => {
  const message = ['Error: failed', `  in ${ownPath}:1:2`, '']
  const node = '    at Object.openSync (node:fs:573:18)'
  const error = failed([...message, node, `    at Object.openSync (${ownPath}:10:3)`, program, `    at ${ownUrl}:4:5`, '    at Test.run (node:internal/test_runner/test:1:1)'])
  hideOwnFrames(error)
  t.equal(error.stack, [...message, node, program, '    at Test.run (node:internal/test_runner/test:1:1)'].join('\n'))
})

t.test('so are those that a runner has mapped to their sources, and how we call a test in its scope', async t => {
  const run = '    at AsyncLocalStorage.run (node:internal/async_local_storage/async_hooks:91:14)'
  const error = failed(['Error: failed', program, run, `    at Object.<anonymous> (${inRoot('lib/adapters/watching/within.ts')}:18:65)`, run, '    at Test.run (node:internal/test_runner/test:1:1)'])
  hideOwnFrames(error)
  t.equal(error.stack, ['Error: failed', program, run, '    at Test.run (node:internal/test_runner/test:1:1)'].join('\n'))
})

t.test('a stack without them is not touched', async t => {
  let sets = 0
  const error = Object.defineProperty(new Error('failed'), 'stack', { get: () => `Error: failed\n${program}`, set: () => { sets++ } })
  hideOwnFrames(error)
  t.equal(sets, 0)
})

t.test('what has no stack, or none that can be set, is left as it is', async t => {
  const frozen = Object.freeze(failed(['Error: failed', `    at ${ownUrl}:4:5`, program]))
  const throwing = Object.defineProperty(new Error('failed'), 'stack', { get() { throw new Error('of the program') } })
  for (const thrown of [frozen, throwing, null, undefined, 'text', 42, { stack: 42 }, {}]) t.doesNotThrow(() => hideOwnFrames(thrown))
  t.match(frozen.stack, ownUrl)
})
