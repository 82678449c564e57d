import { readFileSync } from 'node:fs'
import t from 'tap'
import { collectedHandleOf } from '../../../lib/session/moments/crash.ts'
import { matches } from '../../support/matches.ts'
import { fixture } from '../../support/paths.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import { runNode } from '../../support/run.ts'

const script = fixture('session', 'collected.mjs')
const line = (comment: string) => readFileSync(script, 'utf8').split('\n').findIndex(text => text.includes(comment)) + 1
const bare = await runNode({ script, register: false })
const isFatal = bare.code !== 0
const opts = isFatal ? {} : { skip: 'this Node closes a collected FileHandle with a warning' }

t.test('the error that ends the process is told by its code and its descriptor', async t => {
  const error = (code: string, message: string) => Object.assign(new Error(message), { code })
  const message = 'A FileHandle object was closed during garbage collection. Please close it. File descriptor: 21'
  t.strictSame(collectedHandleOf(error('ERR_INVALID_STATE', `${message} (/srv/a (b).txt)`)), { fd: 21, path: '/srv/a (b).txt' })
  t.strictSame(collectedHandleOf(error('ERR_INVALID_STATE', message)), { fd: 21, path: null })
  for (const other of [error('ERR_INVALID_STATE', 'Invalid state'), error('EBADF', message), new Error(message), 'text', null]) t.equal(collectedHandleOf(other), null)
})

t.test('before the crash the line that opened that very handle is printed, once', opts, async t => {
  const { code, signal, stderr, stdout } = await runNode({ script, format: 'text' })
  t.strictSame({ code, signal, stdout }, { code: bare.code, signal: bare.signal, stdout: bare.stdout })
  const [notice] = stderr.split('FileHandle object was closed')
  t.match(notice, new RegExp(`^leakwatch: 1 leak from 1 line at the crash .*\\n\\n1 file handle opened at .*collected\\.mjs:${line('// lost here')}:\\d+ in lose\\n`))
  t.match(notice, /was {3}fd \d+ {2}\/dev\/zero/)
  t.equal(stderr.split('// lost here').length, 3, 'the crash and the report of all that is open at its end')
})

t.test('its report says that the process crashed', opts, async t => {
  const { report, stderr } = await runNode({ script })
  t.match(report, { reason: 'crash', complete: true })
  matches(t, report.leaks.map(({ verdict, site }: any) => [verdict, site.frames[site.user].line]).toSorted(), [['active', line('// kept here')], ['collected', line('// lost here')]])
  t.strictSame(schemaFaults(report), [])
  t.match(stderr, /^leakwatch: 1 leak from 1 line at the crash/)
})

t.test('a program that catches the error goes on, and its report is one of its exit', opts, async t => {
  const { code, report, stderr, stdout } = await runNode({ script, args: ['caught'] })
  t.strictSame({ code, stdout }, { code: 0, stdout: 'ERR_INVALID_STATE\ndone\n' })
  t.equal(report.reason, 'exit')
  t.match(stderr, /^leakwatch: 1 leak from 1 line at the crash/)
})
