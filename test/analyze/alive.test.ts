import t from 'tap'
import { aliveIn } from '../../lib/analyze/alive.ts'
import type { AliveFacts } from '../../lib/model/snapshot.ts'
import { buildSnapshot, type ResourceInput } from '../support/snapshot-builder.ts'

function alive(resources: readonly ResourceInput[], facts: Partial<AliveFacts> = {}): readonly string[] {
  return aliveIn(buildSnapshot({ resources, alive: { active: [], standard: [], ...facts } }))
    .map(({ type, count, name, site }) => [count, type, name, site?.frames[0]?.line].filter(part => part !== null && part !== undefined).join(' '))
}

t.test('what is referenced and what is in flight keeps the loop alive, each at its line', async t => {
  t.strictSame(alive([
    { type: 'TCPSERVERWRAP', ref: true, target: '[::]:80', at: 'a.js:1:1' },
    { type: 'Timeout', ref: true, recurring: true, at: 'a.js:2:1' },
    { type: 'Timeout', ref: true, recurring: true, at: 'a.js:2:1' },
    { type: 'WORKER', at: 'a.js:3:1' },
    { type: 'FSREQCALLBACK', at: 'a.js:4:1' },
    { type: 'PBKDF2REQUEST', at: 'a.js:5:1' },
  ]), ['2 Timeout 2', '1 TCPSERVERWRAP [::]:80 1', '1 WORKER 3', '1 FSREQCALLBACK 4', '1 PBKDF2REQUEST 5'])
})

t.test('what is unreferenced, a descriptor, a file and what was collected do not', async t => {
  t.strictSame(alive([
    { type: 'TCPWRAP', ref: false, at: 'a.js:1:1' }, { type: 'fd', at: 'a.js:1:1' }, { type: 'FILEHANDLE', at: 'a.js:1:1' },
    { type: 'FILEHANDLE', collectedMsAgo: 1, at: 'a.js:1:1' }, { type: 'WORKER', ref: false, at: 'a.js:1:1' }, { type: 'HTTPCLIENTREQUEST', at: 'a.js:1:1' },
  ]), [])
})

t.test('what Node counts beyond what is recorded is named without a line', async t => {
  const active = [{ type: 'Timeout', count: 3 }, { type: 'TCPSERVERWRAP', count: 1 }]
  t.strictSame(alive([{ type: 'Timeout', ref: true, at: 'a.js:2:1' }], { active }), ['1 Timeout 2', '2 Timeout', '1 TCPSERVERWRAP'])
})

t.test('standard input is named while it is read; the other standard streams keep nothing alive', async t => {
  const active = [{ type: 'PIPEWRAP', count: 3 }]
  t.strictSame(alive([], { active, standard: [{ fd: 0, isReading: true }, { fd: 1, isReading: false }, { fd: 2, isReading: false }] }), ['1 PIPEWRAP standard input'])
  t.strictSame(alive([], { active: [{ type: 'PIPEWRAP', count: 1 }], standard: [{ fd: 0, isReading: false }] }), [])
})

t.test('a server on a path is counted by Node among the pipes', async t => {
  t.strictSame(alive([{ type: 'PIPESERVERWRAP', ref: true, at: 'a.js:1:1' }], { active: [{ type: 'PIPEWRAP', count: 1 }] }), ['1 PIPESERVERWRAP 1'])
})

t.test('a TLS socket is counted by Node as the socket beneath it, whatever else is counted as that', async t => {
  const tls = { type: 'TLSWRAP', ref: true, at: 'a.js:1:1' }
  t.strictSame(alive([tls], { active: [{ type: 'TCPWRAP', count: 1 }] }), ['1 TLSWRAP 1'])
  t.strictSame(alive([tls, { type: 'TCPWRAP', ref: true, at: 'a.js:2:1' }], { active: [{ type: 'TCPWRAP', count: 1 }, { type: 'PIPEWRAP', count: 1 }] }), ['1 TLSWRAP 1', '1 TCPWRAP 2'])
  t.strictSame(alive([tls], { active: [{ type: 'TCPWRAP', count: 3 }] }), ['1 TLSWRAP 1', '2 TCPWRAP'])
})

t.test('what a server accepted is apart from what its line opened', async t => {
  const server = { at: 'a.js:1:1' }
  const snapshot = buildSnapshot({ resources: [{ type: 'TCPWRAP', ref: true, server }, { type: 'TCPWRAP', ref: true, ...server }, { type: 'TCPWRAP', ref: true, server }] })
  t.strictSame(aliveIn(snapshot).map(({ count, isAccepted }) => [count, isAccepted]), [[2, true], [1, false]])
})

t.test('a connecting on a path is counted by Node under one name with the others', async t => {
  t.strictSame(alive([{ type: 'PIPECONNECTWRAP', at: 'a.js:1:1' }], { active: [{ type: 'TCPCONNECTWRAP', count: 1 }] }), ['1 PIPECONNECTWRAP 1'])
})

t.test('what is about to close is not counted as one that is not recorded', async t => {
  const snapshot = buildSnapshot({ closing: [{ type: 'TCPWRAP', ref: true, at: 'a.js:1:1' }], alive: { active: [{ type: 'TCPWRAP', count: 1 }], standard: [] } })
  t.strictSame(aliveIn(snapshot), [])
})
