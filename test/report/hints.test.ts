import t from 'tap'
import { factsOf, knownTypes } from '../../lib/model/type-table.ts'
import { counted, hint, nounOf, words, wordsFor } from '../../lib/report/hints.ts'
import { tagWords } from '../../lib/report/tag-hints.ts'
import { buildReport } from '../support/report-builder.ts'

t.test('every type that is recorded has its words, and no other has', async t => {
  t.strictSame([...words.keys()].sort(), [...knownTypes].sort())
})

t.test('every fix is a sentence', async t => {
  for (const [type, { fix }] of words) t.match(fix, /^[A-Z][^\n]{10,160}\.$/, type)
})

t.test('every tag of an integration has its words, a fix that is a sentence, and no name of a type', async t => {
  for (const [kind, { fix }] of tagWords) {
    t.match(fix, /^[A-Z][^\n]{10,160}\.$/, kind)
    t.equal(factsOf(kind), undefined)
    t.equal(hint({ type: kind, verdict: 'active', kind: 'tracked' }), fix)
  }
  t.equal(wordsFor('pg.Client', 'tracked').plural, 'PostgreSQL clients')
  t.equal(wordsFor('pg.Client').plural, 'pg.Client resources')
})

t.test('a type that leakwatch has not met goes by its own name', async t => {
  t.equal(wordsFor('NEWWRAP').plural, 'NEWWRAP resources')
  t.equal(hint({ type: 'NEWWRAP', verdict: 'active' }), 'Close it when done with it.')
})

t.test('the hint tells what to do about the verdict', async t => {
  t.match(hint({ type: 'FILEHANDLE', verdict: 'active' }), /^Call await handle\.close\(\)/)
  t.match(hint({ type: 'FILEHANDLE', verdict: 'collected' }), /^Do not leave it to the garbage collector\. Call await handle\.close\(\)/)
  t.match(hint({ type: 'TCPWRAP', verdict: 'active' }), 'body of an HTTP response')
  t.match(hint({ type: 'TCPWRAP', verdict: 'active', isAccepted: true }), 'server.closeAllConnections()')
  t.match(hint({ type: 'HTTPINCOMINGMESSAGE', verdict: 'pending', isAccepted: true }), /^Answer it/)
  t.match(hint({ type: 'TCPWRAP', verdict: 'pooled' }), /^Nothing: /)
  t.match(hint({ type: 'FSREQCALLBACK', verdict: 'pending' }), 'FIFO')
})

t.test('what a package opened is closed by what it gave its user', async t => {
  const opener = '@redis/client@5.1.0'
  const close = 'Close what @redis/client gave you for it on every path: by its close(), end(), quit() or destroy()'
  const otherwise = 'If it gave you nothing, it is for @redis/client to close it.'
  t.equal(hint({ type: 'FSEVENTWRAP', verdict: 'active', package: opener }), `${close}. ${otherwise}`)
  t.equal(hint({ type: 'TCPWRAP', verdict: 'active', package: opener }), `${close}, and read the body of an HTTP response to its end. ${otherwise}`)
  t.equal(hint({ type: 'fd', verdict: 'active', kind: 'fd', package: opener }), `${close}, fs.close(fd) for a mere number. ${otherwise}`)
  t.equal(hint({ type: 'FILEHANDLE', verdict: 'collected', package: opener }), `Do not leave it to the garbage collector. ${close}. ${otherwise}`)
  t.match(hint({ type: 'TCPWRAP', verdict: 'active', package: opener, isAccepted: true }), 'server.closeAllConnections()')
  t.equal(hint({ type: 'pg.Pool', verdict: 'active', kind: 'tracked', package: opener }), hint({ type: 'pg.Pool', verdict: 'active', kind: 'tracked' }))
  t.equal(hint({ type: 'HASHREQUEST', verdict: 'active', package: opener }), hint({ type: 'HASHREQUEST', verdict: 'active' }))
})

t.test('nouns agree with their count', async t => {
  const [group] = buildReport({ resources: [{ type: 'PIPEWRAP', at: 'src/a.ts:1:1' }] }).leaks
  t.equal(nounOf(group!, 1), '1 pipe or Unix socket')
  t.equal(nounOf(group!, 2), '2 pipes or Unix sockets')
  t.equal(counted(0, 'leak'), '0 leaks')
})

t.test('a socket that a server accepted is said to be', async t => {
  const [group] = buildReport({ resources: [{ type: 'TCPWRAP', server: { at: 'src/a.ts:1:1' } }] }).leaks
  t.equal(nounOf(group!, 1), '1 accepted TCP socket')
  t.equal(nounOf(group!, 3), '3 accepted TCP sockets')
})
