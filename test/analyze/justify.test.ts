import t from 'tap'
import { justify } from '../../lib/analyze/justify.ts'
import type { ReportedVerdict } from '../../lib/model/verdict.ts'
import { buildSnapshot } from '../support/snapshot-builder.ts'
import type { ResourceInput } from '../support/snapshot-builder.ts'

const reason = (verdict: ReportedVerdict, ...resources: readonly ResourceInput[]) => justify(verdict, buildSnapshot({ resources }).resources)

t.test('an active resource is one that nobody closed, in the words of its type', async t => {
  t.equal(reason('active', { type: 'fd' }), 'Nobody called close().')
  t.equal(reason('active', { type: 'TCPWRAP', ref: true }), 'Nobody called destroy().')
  t.equal(reason('active', { type: 'SIGNALWRAP', ref: true }), 'Nobody removed the last listener.')
  t.equal(reason('active', { type: 'Timeout', ref: true, recurring: false }), 'It has not fired, and nobody cleared it.')
  t.equal(reason('active', { type: 'Timeout', ref: true, recurring: true }), 'It fires again and again, and nobody cleared it.')
})

t.test('what holds no descriptor is not said to hold one', async t => {
  t.equal(reason('active', { type: 'PROCESSWRAP', ref: false }), 'The child has not ended. It does not keep the event loop alive.')
})

t.test('an unreferenced resource is said to hold its descriptor all the same', async t => {
  const [held, unreferenced] = [{ type: 'UDPWRAP', ref: true }, { type: 'UDPWRAP', ref: false }]
  t.equal(reason('active', unreferenced), 'Nobody called close(). It does not keep the event loop alive, but holds its descriptor.')
  t.equal(reason('active', unreferenced, held), 'Nobody called close(). Not all of them keep the event loop alive, but all hold a descriptor.')
  t.equal(reason('active', unreferenced, unreferenced, held), 'Nobody called close(). Not all of them keep the event loop alive, but all hold a descriptor.')
})

t.test('a collected resource is said to be closed by the collector, and how long after its opening', async t => {
  const once = { type: 'FILEHANDLE', openedMsAgo: 5000, collectedMsAgo: 3800 }
  const sentence = 'Nobody called close(): the garbage collector closed it, 1.2 s after the opening.'
  t.equal(reason('collected', once), `${sentence} Node 25 and later end the process for that.`)
  t.equal(reason('collected', once, once), `${sentence} Node 25 and later end the process for that.`)
  t.equal(reason('collected', { ...once, type: 'DIRHANDLE' }), sentence)
})

t.test('resources collected at different ages are said to be so', async t => {
  t.match(reason('collected', { type: 'DIRHANDLE', openedMsAgo: 5000, collectedMsAgo: 4988 }, { type: 'DIRHANDLE', openedMsAgo: 9000, collectedMsAgo: 500 }), '12 ms to 8.5 s after')
})

t.test('every other verdict has its sentence', async t => {
  t.equal(reason('pending', { type: 'FSREQCALLBACK' }), 'The operation has not completed.')
  t.equal(reason('pooled', { type: 'TCPWRAP', pool: 'http.Agent' }), 'Idle in the pool of http.Agent, kept for the next request.')
  t.equal(reason('pending', { type: 'UDPWRAP' }), 'It was never bound: it holds memory alone, until close() is called.')
})

t.test('what the integrations track is said to lack what ends it', async t => {
  t.equal(reason('active', { kind: 'tracked', type: 'pg.Client' }), 'Nobody called release().')
  t.equal(reason('active', { kind: 'tracked', type: 'sqlite.Transaction' }), 'It was neither committed nor rolled back.')
  t.equal(reason('active', { kind: 'tracked', type: 'TCPWRAP' }), 'Nobody called close().', 'a tag may have any name')
})

t.test('a socket that waits is said to wait, and for what', async t => {
  t.equal(reason('pending', { type: 'TCPWRAP', waitsFor: 'connection' }), 'It is connecting.')
  t.equal(reason('pending', { type: 'TCPWRAP', waitsFor: 'write' }), 'It has written, and its writer is about to be told.')
  t.equal(reason('pending', { type: 'TLSWRAP', waitsFor: 'end' }), 'It was ended, and waits for the other side to end it too.')
  t.equal(reason('pending', { type: 'TCPWRAP', waitsFor: 'eof' }), 'The other side has ended it, and the process ended before it read that.')
  t.equal(reason('pending', { type: 'PROCESSWRAP', waitsFor: 'exit' }), 'Its channel was disconnected, which asks it to end.')
  t.equal(reason('pending', { type: 'PROCESSWRAP', waitsFor: 'signal' }), 'It was sent a signal that asks it to end.')
  t.equal(reason('active', { type: 'PROCESSWRAP', waitsFor: 'signal' }), 'It was sent a signal that asks it to end, and has not ended.')
  t.equal(reason('pending', { type: 'fd', waitsFor: 'flush' }), 'It was ended, and has yet to write.')
  t.equal(reason('active', { type: 'FILEHANDLE', waitsFor: 'flush' }), 'It was ended, and has not written all.')
  t.equal(reason('pending', { type: 'DIRHANDLE', waitsFor: 'read' }), 'It is being read.')
  t.equal(reason('active', { type: 'DIRHANDLE', waitsFor: 'read' }), 'Nobody called close().')
  t.equal(reason('active', { type: 'PROCESSWRAP', waitsFor: 'exit' }), 'The child has not ended.')
  t.equal(reason('active', { type: 'TLSWRAP', waitsFor: 'end' }), 'It was ended, the other side has not ended it, and nobody called destroy().')
})

t.test('a socket that a package keeps is said to be let go of', async t => {
  t.equal(reason('pending', { type: 'PIPEWRAP', ref: false }), 'It was let go of with unref(), and no line of yours is known to have opened it: it ends with the process at the latest.')
  t.equal(reason('pending', { type: 'TCPCONNECTWRAP' }), 'The operation has not completed.')
})

t.test('a pending timer has not fired, a pending request has not completed', async t => {
  t.equal(reason('pending', { type: 'Timeout', recurring: true, ref: false }), 'It fires again and again, and was let go of with unref(): it ends with the process at the latest.')
  t.equal(reason('pending', { type: 'Timeout', recurring: false }), 'It has not fired yet.')
  t.equal(reason('pending', { type: 'FSREQCALLBACK' }), 'The operation has not completed.')
})
