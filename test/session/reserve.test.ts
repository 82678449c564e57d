// The descriptor kept in reserve, and programs that close numbers which they have not opened.
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Reserve } from '../../lib/session/reserve.ts'
import { type Run, runNode } from '../support/run.ts'

const dir = t.testdir()

t.test('it is ours until it is released, and taken again', async t => {
  const reserve = new Reserve(true)
  const { fd } = reserve
  t.type(fd, 'number')
  reserve.release()
  t.equal(reserve.fd, null)
  t.throws(() => fstatSync(fd!), { code: 'EBADF' })
  reserve.refill()
  t.equal(reserve.fd, fd, 'the lowest that is free')
  reserve.release()
})

t.test('a number that was closed, and is a file of the program now, is not ours any more', async t => {
  const reserve = new Reserve(true)
  const fd = reserve.fd!
  closeSync(fd)
  const theirs = openSync(join(dir, 'theirs'), 'w')
  t.equal(theirs, fd)
  t.equal(reserve.fd, null)
  reserve.release()
  t.equal(writeSync(theirs, 'text'), 'text'.length, 'it was not closed')
  reserve.refill()
  t.not(reserve.fd, null)
  t.not(reserve.fd, theirs)
  reserve.release()
  closeSync(theirs)
})

t.test('one that was closed is taken again', async t => {
  const reserve = new Reserve(true)
  closeSync(reserve.fd!)
  reserve.release()
  reserve.refill()
  t.not(reserve.fd, null)
  reserve.release()
})

t.test('where none is to be held, none is', async t => {
  t.equal(new Reserve(false).fd, null)
})

// Every number, as a daemon does that knows of none; libuv's and V8's, without which no process goes on, stay open.
const closeAll = `
  const fs = require('node:fs')
  fs.closeSync(fs.openSync('/dev/null'))
  for (const fd of fs.readdirSync('/proc/self/fd').map(Number)) {
    let target = ''
    try { target = fs.readlinkSync('/proc/self/fd/' + fd) } catch {}
    if (fd > 2 && target.startsWith('/') && !target.startsWith('/dev/')) fs.closeSync(fd)
  }
  const files = [0, 1, 2, 3].map(number => fs.openSync(${JSON.stringify(dir)} + '/' + number, 'w'))`

t.test('a program that closes all that it has not opened keeps what it opens after that', async t => {
  const run = await runNode({ env: { LEAKWATCH_SIGNAL: 'SIGUSR2' }, eval: `${closeAll}
    process.once('SIGUSR2', () => setTimeout(() => {
      for (const fd of files) fs.writeSync(fd, 'text')
      process.exit()
    }))
    process.kill(process.pid, 'SIGUSR2')
    setTimeout(() => {}, 10_000)` })
  t.equal(run.code, 0)
  t.equal(run.stderr, '')
  t.strictSame(told(run), ['signal: 4, 0 unexplained', 'exit: 4, 0 unexplained'])
})

t.test('so does one that is near its limit', async t => {
  const run = await runNode({ ulimit: 128, eval: `${closeAll}
    const more = []
    try { for (;;) more.push(fs.openSync('/dev/null')) } catch {}
    setTimeout(() => {
      for (const fd of files) fs.writeSync(fd, 'text')
      for (const fd of [...files, ...more]) fs.closeSync(fd)
    }, 200)` })
  t.equal(run.code, 0)
  t.equal(run.stderr, '')
  t.equal(told(run).at(-1), 'exit: 0, 0 unexplained')
})

function told({ reports }: Run): readonly string[] {
  const inOrder = [...reports].toSorted(([a], [b]) => a.length - b.length)
  return inOrder.map(([, { reason, leaks, kernel }]) => `${reason}: ${leaks.reduce((sum: number, { count }: { count: number }) => sum + count, 0)}, ${kernel.unexplained.length} unexplained`)
}
