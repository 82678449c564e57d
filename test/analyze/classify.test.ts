import t from 'tap'
import { classify } from '../../lib/analyze/classify.ts'
import { factsOf, knownTypes } from '../../lib/model/type-table.ts'
import { emptySite } from '../../lib/model/site.ts'
import { buildSite, buildSnapshot } from '../support/snapshot-builder.ts'
import type { ResourceInput } from '../support/snapshot-builder.ts'

function verdict(input: ResourceInput, closing = false, isTest = false) {
  return classify(buildSnapshot({ resources: [input] }).resources[0]!, { closing, isLate: false, isTest, site: input.at === undefined ? emptySite : buildSite(input.at) })
}

t.test('what has to be closed is active while it is open; what ends by itself, or holds memory alone, is pending', async t => {
  t.equal(verdict({ type: 'sql.Tx', kind: 'tracked' }), 'active')
  const closable = ['descriptor', 'handle', 'file', 'session', 'owned', 'port', 'timer', 'thread']
  for (const { type, nature } of knownTypes.map(name => factsOf(name)!)) if (nature !== 'tag') t.equal(verdict({ type, fd: 21 }), closable.includes(nature) ? 'active' : 'pending', type)
})

t.test('a timer that fires once is pending, one that fires again and again is active', async t => {
  t.equal(verdict({ type: 'Timeout', recurring: false }), 'pending')
  t.equal(verdict({ type: 'Timeout', recurring: true }), 'active')
})

t.test('a type that leakwatch has not met is pending, unless it keeps the event loop alive', async t => {
  t.equal(verdict({ type: 'NEWWRAP' }), 'pending')
  t.equal(verdict({ type: 'NEWWRAP', ref: false }), 'pending')
  t.equal(verdict({ type: 'NEWWRAP', ref: true }), 'active')
})

t.test('a thread that its maker let go of is pending', async t => {
  t.equal(verdict({ type: 'WORKER', ref: false }), 'pending')
  t.equal(verdict({ type: 'WORKER', ref: true }), 'active')
})

t.test('what the garbage collector closed is collected, even where close() came later', async t => {
  t.equal(verdict({ type: 'FILEHANDLE', collectedMsAgo: 5 }), 'collected')
  t.equal(verdict({ type: 'FILEHANDLE', collectedMsAgo: 5 }, true), 'collected')
})

t.test('a UDP socket that is not bound holds memory alone', async t => {
  t.equal(verdict({ type: 'UDPWRAP', ref: true }), 'pending')
  t.equal(verdict({ type: 'UDPWRAP', ref: true }, false, true), 'pending')
  t.equal(verdict({ type: 'UDPWRAP', ref: true, fd: 21 }), 'active')
  t.equal(verdict({ type: 'UDPWRAP', ref: true, target: '127.0.0.1:53' }), 'active', 'where a socket has no number (Windows)')
})

t.test('settings of an HTTP/2 session are nobody\'s leak: of one that is closed they never complete, and one that is open is told itself', async t => {
  t.equal(verdict({ type: 'HTTP2SETTINGS' }, false, true), 'pending')
  t.equal(verdict({ type: 'HTTP2PING' }, false, true), 'active')
})

t.test('an idle socket in a pool is pooled, whether or not it is referenced', async t => {
  t.equal(verdict({ type: 'TCPWRAP', pool: 'http.Agent', ref: false }), 'pooled')
  t.equal(verdict({ type: 'TLSWRAP', pool: 'fetch' }), 'pooled')
})

t.test('a socket that waits for its connection, its write or the other side is pending, and active when its test is over', async t => {
  for (const waitsFor of ['connection', 'write', 'end', 'eof', 'exit', 'signal', 'flush', 'read'] as const) {
    t.equal(verdict({ type: 'TCPWRAP', waitsFor, ref: true }), 'pending')
    t.equal(verdict({ type: 'TCPWRAP', waitsFor, ref: true }, false, true), 'active')
  }
  t.equal(verdict({ type: 'TCPWRAP', waitsFor: 'end' }, true), 'closing')
})

t.test('a socket that has connected for too long is active; of one that was ended long ago nobody knows when', async t => {
  const late = (waitsFor: 'connection' | 'end') => classify(buildSnapshot({ resources: [{ type: 'TCPWRAP', waitsFor }] }).resources[0]!, { closing: false, isLate: true, isTest: false, site: emptySite })
  t.equal(late('connection'), 'active')
  t.equal(late('end'), 'pending')
})

t.test('a socket that a package opened by itself and let go of is pending, any other one is active', async t => {
  const inPackage = 'node_modules/tool/index.js:3:7'
  t.equal(verdict({ type: 'PIPEWRAP', ref: false, at: inPackage }), 'pending')
  t.equal(verdict({ type: 'PIPEWRAP', ref: true, at: inPackage }), 'active')
  t.equal(verdict({ type: 'PIPEWRAP', ref: false, at: `${inPackage} < app.js:1:1` }), 'active')
  t.equal(verdict({ type: 'PIPEWRAP', ref: false, at: 'app.js:1:1' }), 'active')
  t.equal(verdict({ type: 'fd', ref: false, at: inPackage }), 'active')
  t.equal(verdict({ type: 'PIPEWRAP', ref: false, at: inPackage }, false, true), 'active')
})

t.test('a socket that was let go of is pending where no stack tells who opened it, in a test it is active', async t => {
  t.equal(verdict({ type: 'PIPEWRAP', ref: false }), 'pending')
  t.equal(verdict({ type: 'PIPEWRAP', ref: true }), 'active')
  t.equal(verdict({ type: 'PIPEWRAP', ref: false }, false, true), 'active')
})

t.test('what close() was called on is closing', async t => {
  t.equal(verdict({ type: 'TCPSERVERWRAP' }, true), 'closing')
  t.equal(verdict({ type: 'TCPWRAP', pool: 'http.Agent' }, true), 'closing')
})

t.test('a FileHandle that readFile or writeFile opened for itself is pending, one that open gave to the program is active', async t => {
  const opened = 'node:internal/fs/promises:600:25 in open < '
  t.equal(verdict({ type: 'FILEHANDLE', at: `${opened}node:internal/fs/promises:900:14 in readFile < app.js:1:4` }), 'pending')
  t.equal(verdict({ type: 'FILEHANDLE', at: `${opened}app.js:1:4` }), 'active')
  t.equal(verdict({ type: 'FILEHANDLE', at: `${opened}app.js:1:4 in readFile` }), 'active')
  t.equal(verdict({ type: 'FILEHANDLE', at: 'app.js:1:4' }), 'active')
})

const whenTestIsOver = (input: ResourceInput) => verdict(input, false, true)

t.test('when a test is over, a timer and a request that it left in flight are active', async t => {
  t.equal(whenTestIsOver({ type: 'Timeout', recurring: false, ref: true }), 'active')
  t.equal(whenTestIsOver({ type: 'Timeout', recurring: true, ref: true }), 'active')
  t.equal(whenTestIsOver({ type: 'FSREQCALLBACK' }), 'active')
  t.equal(whenTestIsOver({ type: 'fd' }), 'active')
})

t.test('when a test is over, a timer that was let go of with unref() is pending, and what is pooled or closing stays that', async t => {
  t.equal(whenTestIsOver({ type: 'Timeout', recurring: false, ref: false }), 'pending')
  t.equal(whenTestIsOver({ type: 'Timeout', recurring: true, ref: false }), 'pending')
  t.equal(whenTestIsOver({ type: 'TCPWRAP', pool: 'http.Agent', ref: false }), 'pooled')
  t.equal(verdict({ type: 'TCPSERVERWRAP' }, true, true), 'closing')
})
