import t from 'tap'
import { leakError, withoutFrames } from '../../../lib/adapters/watching/leak-error.ts'
import { matches } from '../../support/matches.ts'
import { buildReport } from '../../support/report-builder.ts'

const at = 'node:fs:1:1 in openSync < node_modules/pool/index.js:5:5 in connect < test/pool.test.js:7:3 in open < test/pool.test.js:20:9 < node_modules/runner/run.js:3:3 in run'
const found = buildReport({ resources: [{ at }] })

t.test('the stack of a leak begins at the line of the application that opened it, below the whole message', async t => {
  const { name, message, stack } = leakError(found, 'test')
  t.equal(name, 'LeakError')
  t.match(message, /^leakwatch: 1 leak from 1 line [^]*\n1 file descriptor opened by pool/)
  const frames = stack!.slice(`LeakError: ${message}\n`.length).split('\n')
  matches(t, frames, [/^ {4}at open \(.*\/test\/pool\.test\.js:7:3\)$/, /^ {4}at .*\/test\/pool\.test\.js:20:9$/, /runner/])
})

t.test('the message does not show who called the test', async t => {
  t.notMatch(leakError(found, 'test').message, 'runner')
})

t.test('the error carries the whole report', async t => {
  t.equal(leakError(found, 'test').report, found)
})

t.test('without frames no line of the message reads as one of a stack', async t => {
  const error = leakError(buildReport({ resources: [{ at: `${at.split(' < ').slice(0, 3).join(' < ')} < test/a.js:1:1 in a < test/b.js:1:1 in b < test/c.js:1:1 in c` }] }), 'test')
  t.match(error.message, /^ +at /m)
  t.notMatch(withoutFrames(error).message, /^ +at /m)
  t.match(withoutFrames(error).stack, /\n {4}at open \(/)
})

t.test('of a test whose package keeps a connection it says what to do about one that is meant for later tests', async t => {
  const kept = 'If @db/pool keeps it for later tests on purpose: have it connect before the first one, allow() it, or judge by file ("tests": { "per": "file" }).'
  const inside = 'node_modules/@db/pool/index.js:5:5 in connect < test/pool.test.js:7:3'
  const connected = buildReport({ resources: [{ type: 'TCPWRAP', at: inside }] })
  t.equal(leakError(connected, 'test').message.split('\n').at(-1), kept)
  t.notMatch(leakError(connected, 'file').message, kept)
  for (const other of [{ at: inside }, { type: 'TCPWRAP', at: 'test/pool.test.js:7:3' }, { type: 'TCPWRAP', server: { at: inside } }]) t.notMatch(leakError(buildReport({ resources: [other] }), 'test').message, 'later tests')
})
