// Functions that a program has taken from node:fs before a watch began.
import t from 'tap'
import { inRoot } from '../../support/paths.ts'
import { runCommand, runNode } from '../../support/run.ts'

const begin = `const fs = require('fs'), { open, openSync, close, closeSync } = fs, { promisify } = require('util'), path = process.execPath
  const looks = () => Object.entries(Object.getOwnPropertyDescriptors(process.binding('fs'))).filter(([name]) => /^(open|close)$/.test(name)).map(([, { value }]) => value)
  const { watch } = require(${JSON.stringify(inRoot('dist/lib/main.cjs'))})`

/** What a program prints as JSON, in which a watch begins after all was taken. */
async function told(program: string, flags: readonly string[] = []): Promise<unknown> {
  const { code, stdout, stderr } = await runNode({ register: false, flags, eval: `${begin}\n;(async () => {${program}\n})()` })
  t.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

// As "type count line", of the program's text.
const report = `const { leaks, misuses, kernel, complete } = await w.check()
  console.log(JSON.stringify({ leaks: leaks.map(({ type, count, site: { frames, user } }) => [type, count, frames[user].line].join(' ')), misuses: misuses.length, unexplained: kernel?.unexplained.length ?? 0, complete }))`

t.test('what they open is told at the line that called them', async t => {
  t.strictSame(await told(`const w = watch({ types: ['fd'] })
    openSync(path) // line 5
    await new Promise(done => open(path, 'r', done)) // line 6
    await promisify(open)(path, 'r') // line 7
    ;[1, 2].forEach(() => openSync(path)) // line 8
    ${report}`), { leaks: ['fd 2 8', 'fd 1 5', 'fd 1 6', 'fd 1 7'], misuses: 0, unexplained: 0, complete: true })
})

t.test('what they close is closed, whoever opened it, and so is what others close of theirs', async t => {
  t.strictSame(await told(`const w = watch({ types: ['fd'] })
    closeSync(openSync(path))
    closeSync(fs.openSync(path))
    fs.closeSync(openSync(path))
    await promisify(close)(await promisify(open)(path, 'r'))
    await promisify(close)(await promisify(fs.open)(path, 'r'))
    await promisify(fs.close)(openSync(path))
    close(openSync(path))
    await new Promise(done => fs.createReadStream(null, { fd: openSync(path) }).destroy().on('close', done))
    await new Promise(done => setTimeout(done, 20))
    ${report}`), { leaks: [], misuses: 0, unexplained: 0, complete: true })
})

t.test('what node:fs itself opens and closes is nobody\'s', async t => {
  t.strictSame(await told(`const { createReadStream, readFile, readFileSync, truncateSync, writeFile, writeFileSync } = fs
    const w = watch({ types: ['fd'] })
    const file = path + '.none'
    readFileSync(path, 'latin1').length
    await promisify(readFile)(path)
    await new Promise(done => createReadStream(path, { end: 0 }).resume().on('close', done))
    await promisify(writeFile)('/dev/null', 'text')
    writeFileSync('/dev/null', 'text')
    try { truncateSync(file) } catch {}
    ${report}`), { leaks: [], misuses: 0, unexplained: 0, complete: true })
})

t.test('a number that they close twice is told', async t => {
  t.match(await told(`const w = watch({ types: ['fd'] })
    const fd = openSync(path)
    closeSync(fd)
    try { closeSync(fd) } catch {}
    ${report}`), { leaks: [], misuses: 1 })
})

t.test('a number that native code was given once they had closed it is closed but once', async t => {
  t.match(await told(`const { open: native } = process.binding('fs')
    const w = watch({ types: ['fd'] })
    const fd = openSync(path)
    await promisify(close)(fd)
    if (native(path, 0, 0o666) !== fd) throw new Error('it was given another one')
    closeSync(fd)
    ${report}`), { leaks: [], misuses: 0 })
})

t.test('a number that they close while it is being closed is told', async t => {
  t.match(await told(`const w = watch({ types: ['fd'] })
    const fd = openSync(path)
    await Promise.allSettled([promisify(close)(fd), promisify(close)(fd)])
    ${report}`), { leaks: [], misuses: 1 })
})

t.test('errors are those of fs, and where the function that is there now was called its own frame is the first', async t => {
  const calls = `const errorOf = async call => { try { await call(); return 'none' } catch ({ code, message }) { return code + message } }
    const calls = () => Promise.all([() => openSync('/no/such'), () => openSync(7), () => closeSync(9999), () => closeSync('1'), () => promisify(open)('/no/such', 'r'), () => promisify(close)(9999), () => openSync(path, 'no flag')].map(errorOf))
    const bare = await calls()
    const w = watch({ types: ['fd'], ownership: 'off' })
    const first = (() => { try { fs.openSync('/no/such') } catch ({ stack }) { return stack.split('\\\\n')[1] } })()
    console.log(JSON.stringify([JSON.stringify(await calls()) === JSON.stringify(bare), bare.includes('none'), /openSync \\\\(node:fs:/.test(first)]))`
  t.strictSame(await told(calls.replaceAll('\\\\', '\\')), [true, false, true])
})

t.test('the binding is as it was once the watch is over, and as the program puts it meanwhile', async t => {
  t.strictSame(await told(`const before = looks()
    const w = watch()
    const asked = looks()
    w.stop()
    const same = JSON.stringify([before.length, before.every((each, index) => each === looks()[index])])
    const next = watch()
    const mock = () => -1
    const binding = process.binding('fs')
    binding.close = mock
    next.stop()
    console.log(JSON.stringify([asked, same, binding.close === mock]))`), [[null, null], '[2,true]', true])
})

t.test('nothing is warned of that the program did not do, and it goes on as it was told to warn', async t => {
  const program = `const { watch } = require(${JSON.stringify(inRoot('dist/lib/main.cjs'))})
    const before = JSON.stringify(Object.getOwnPropertyDescriptor(process, 'noDeprecation') ?? null)
    watch().stop()
    console.log(JSON.stringify(Object.getOwnPropertyDescriptor(process, 'noDeprecation') ?? null) === before)`
  for (const flags of [['--pending-deprecation'], ['--pending-deprecation', '--throw-deprecation'], ['--no-deprecation'], []]) {
    const { stdout, stderr } = await runCommand([process.execPath, ...flags, '-e', program])
    t.strictSame({ stdout, stderr }, { stdout: 'true\n', stderr: '' }, flags.join(' '))
  }
})

t.test('where the binding can\'t be had, all else is recorded', async t => {
  t.strictSame(await told(`process.binding = () => { throw new Error('not allowed') }
    const w = watch({ types: ['fd'] })
    openSync(path)
    fs.openSync(path) // line 7
    ${report.replace('unexplained.length', 'unexplained.length * 0')}`), { leaks: ['fd 1 7'], misuses: 0, unexplained: 0, complete: true })
})
