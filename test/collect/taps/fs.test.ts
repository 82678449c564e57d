import fs, { closeSync, openSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { watch } from '../../../lib/index.ts'
import { matches } from '../../support/matches.ts'
import { fixture } from '../../support/paths.ts'
import { runNode } from '../../support/run.ts'

const required = createRequire(import.meta.url)('node:fs') as typeof fs
const file = fs.realpathSync(process.execPath)
const names = ['open', 'openSync', 'close', 'closeSync'] as const

t.test('tapped functions look as they did, and come back as they were', async t => {
  const looks = () => names.map(name => {
    const { value, ...flags } = Object.getOwnPropertyDescriptor(fs, name)!
    return { ...flags, name: value.name, length: value.length, keys: new Set(Reflect.ownKeys(value)), prototype: Object.getPrototypeOf(value), constructs: Object.hasOwn(value, 'prototype') }
  })
  const before = looks()
  const functions = names.map(name => fs[name])
  const w = watch()
  t.strictSame(looks(), before)
  t.notSame(names.map(name => fs[name] === functions[names.indexOf(name)]), [true, true, true, true])
  w.stop()
  t.strictSame(names.map(name => fs[name]), functions)
})

t.test('CommonJS, named imports and the namespace see one and the same function, tapped and not', async t => {
  const namespace = await import('node:fs')
  const before = fs.openSync
  const w = watch()
  t.not(fs.openSync, before)
  t.strictSame([required.openSync, openSync, namespace.openSync, namespace.default.openSync].map(each => each === fs.openSync), [true, true, true, true])
  w.stop()
  t.strictSame([required.openSync, openSync, namespace.openSync].map(each => each === before), [true, true, true])
})

t.test('errors of tapped functions are those of fs, with the same stack beneath', async t => {
  const calls: readonly (() => unknown)[] = [
    () => fs.openSync('/no/such/file', 'r'), () => fs.openSync(7 as never, 'r'), () => fs.openSync(file, 'no flag' as never), () => fs.openSync(undefined as never, 'r'),
    () => fs.closeSync(-1), () => fs.closeSync('1' as never), () => fs.closeSync(9_999), () => fs.open(file, 'r', undefined as never),
    () => fs.open(undefined as never, 'r', () => {}), () => fs.close('1' as never), () => fs.close(-1),
  ]
  const bare = calls.map(thrown)
  using w = watch()
  t.equal(w.snapshot().complete, true)
  t.strictSame(calls.map(thrown), bare)
  t.ok(bare.every(error => error !== null))
})

t.test('a descriptor leads to what its URL or Buffer said as open was called, whatever it says later', async t => {
  using w = watch()
  const opened = (given: Buffer | URL, change: () => void) => new Promise<number>((resolve, reject) => {
    fs.open(given, 'r', (error, fd) => error === null ? resolve(fd) : reject(error))
    change()
  })
  const [url, elsewhere, buffer] = [pathToFileURL(file), pathToFileURL(file), Buffer.from(file)] as const
  const fds = await Promise.all([
    opened(url, () => { url.pathname = '/no/such/file' }), opened(elsewhere, () => { elsewhere.host = 'no.such.host' }), opened(buffer, () => buffer.fill('x')),
  ])
  const { complete, resources } = w.snapshot()
  t.strictSame(fds.map(fd => resources.find(resource => resource.fd === fd)?.target), [file, file, file])
  t.equal(complete, true)
  fds.forEach(fd => fs.closeSync(fd))
  t.throws(() => fs.open(elsewhere, 'r', () => {}), { code: 'ERR_INVALID_FILE_URL_HOST' })
  t.equal(w.snapshot().complete, true)
})

t.test('a number that native code was given is closed but once, also where the requests that close are recorded no more', async t => {
  const program = `const fs = require('fs'), { open: native } = process.binding('fs')
    const { watch } = require(${JSON.stringify(fileURLToPath(new URL('../../../lib/main.cjs', import.meta.url)))})
    const w = watch({ types: ['net'] })
    watch({ types: ['fs'] }).stop()
    const fd = fs.openSync(process.execPath)
    fs.close(fd, () => {
      if (native(process.execPath, 0, 0o666) !== fd) throw new Error('it was given another one')
      fs.closeSync(fd)
      console.log(JSON.stringify(w.snapshot().misuses))
    })`
  const { stdout, stderr } = await runNode({ register: false, eval: program })
  t.equal(stdout, '[]\n', stderr)
})

t.test('callbacks get what fs gives them', async t => {
  const calls = async () => {
    const given = (call: (done: (...values: unknown[]) => void) => void) => new Promise<unknown[]>(done => {
      call(function (this: unknown, ...values) { done([typeof this, values.length, ...values.map(value => (value as NodeJS.ErrnoException | null)?.code ?? typeof value)]) })
    })
    const fd = fs.openSync(file, 'r')
    return [
      await given(done => fs.open(file, 'r', function (this: unknown, error, opened) { fs.closeSync(opened); done.call(this, error, opened) })),
      await given(done => fs.open(file, 'r', 0o600, function (this: unknown, error, opened) { fs.closeSync(opened); done.call(this, error, opened) })),
      await given(done => fs.open('/no/such/file', 'r', done)), await given(done => fs.close(fd, done)), await given(done => fs.close(fd, done)),
    ]
  }
  const bare = await calls()
  using w = watch()
  t.equal(w.snapshot().complete, true)
  t.strictSame(await calls(), bare)
})

t.test('promisified functions resolve and reject as they did', async t => {
  using w = watch()
  t.equal(w.snapshot().complete, true)
  const fd = await promisify(fs.open)(file, 'r')
  t.type(fd, 'number')
  t.equal(await promisify(fs.close)(fd), undefined)
  await t.rejects(promisify(fs.open)('/no/such/file', 'r'), { code: 'ENOENT' })
})

t.test('stop beneath another tap leaves that tap, and records no more', async t => {
  const before = fs.openSync
  const w = watch({ types: ['fd'] })
  const ours = fs.openSync
  const above = ((...args: Parameters<typeof fs.openSync>) => ours(...args)) as typeof fs.openSync
  fs.openSync = above
  syncBuiltinESMExports()
  w.stop()
  t.equal(fs.openSync, above)
  const fd = fs.openSync(file, 'r')
  using again = watch({ types: ['fd'] })
  t.strictSame(again.snapshot().resources.filter(({ target }) => target === file), [])
  fs.closeSync(fd)
  const second = fs.openSync(file, 'r')
  t.equal(again.snapshot().resources.filter(({ target }) => target === file).length, 1, 'and a new watch counts once')
  closeSync(second)
  again.stop()
  fs.openSync = before
  syncBuiltinESMExports()
})

t.test('Node\'s own callers go through the taps, and close what they open', async t => {
  using w = watch({ types: ['fd'] })
  fs.readFileSync(fixture('types', 'support.mjs'))
  await new Promise(done => fs.createReadStream(file, { end: 1 }).resume().on('close', () => done(null)))
  t.strictSame(w.snapshot().resources.filter(({ target }) => target === file), [])
})

for (const when of ['before', 'after'] as const) {
  t.test(`where fs is frozen ${when} leakwatch comes, the program runs, and the report says what it could not see`, async t => {
    const freeze = 'import fs from "node:fs"; Object.freeze(fs)'
    const preload = `data:text/javascript,${encodeURIComponent(freeze)}`
    const script = fixture('types', 'fd-frozen.mjs')
    const { code, report } = await runNode({ script, ...when === 'before' ? { before: [preload] } : {} })
    t.equal(code, 0)
    if (when === 'before') matches(t, report, { complete: false, faults: { 0: { where: 'tap on fs.openSync' }, 1: { where: 'tap on fs.open' }, 2: { where: 'tap on fs.closeSync' }, 3: { where: 'tap on fs.close' } } })
    else matches(t, report, { complete: true, leaks: [{ type: 'fd', count: 1 }] })
  })
}

function thrown(call: () => unknown): unknown {
  try {
    call()
    return null
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException
    return { name, message, code, keys: Object.keys(error as object) }
  }
}

t.test('what readFileSync and its like open and close is counted for no line of the program, what they leave open is that line\'s', async t => {
  using w = watch()
  const closed = () => w.snapshot().endings.bySite.filter(({ type }) => type === 'fd')
  fs.readFileSync(fixture('collect', 'ends.mjs'))
  fs.writeFileSync('/dev/null', 'x')
  t.strictSame(closed(), [])
  fs.closeSync(fs.openSync(file, 'r'))
  matches(t, closed(), [{ closed: 1 }])

  const descriptors: number[] = []
  const { closeSync: close } = fs
  fs.closeSync = fd => void descriptors.push(fd)
  fs.readFileSync(fixture('collect', 'ends.mjs'))
  fs.closeSync = close
  const { resources, sites } = w.snapshot()
  matches(t, resources.map(({ fd, site }) => [fd, sites[site]?.frames.map(frame => frame.function)[0]]), [[descriptors[0], 'readFileSync']])
  close(descriptors[0]!)
})

t.test('a file stream is named by its line after many other ticks, and after another stream that is constructed', async t => {
  const program = `const { Writable } = require('stream'), fs = require('fs')
    new Writable({ construct(done) { done() } })
    for (let count = 0; count < 200; count++) process.nextTick(() => {}, count)
    fs.openSync(process.execPath)
    setImmediate(() => {
      for (let count = 0; count < 200; count++) process.nextTick(() => {}, count)
      new Writable({ construct(done) { done() } })
fs.createReadStream(process.execPath).once('open', () => process.exit())
    })`
  const { report } = await runNode({ eval: program })
  t.ok(report.leaks.some(({ type, site }: { type: string, site: any }) => type === 'fd' && site.frames[site.user].line === 8))
})

t.test('a descriptor that no line of the program opened is blamed on nobody, and listed by the kernel check', async t => {
  const { report } = await runNode({ eval: "const fs = require('fs')\nfs.openSync(process.execPath)\nsetTimeout(fs.openSync, 1, '/dev/zero')" })
  matches(t, report.leaks, [{ type: 'fd', count: 1, site: { frames: { [report.leaks[0].site.user]: { line: 2 } } } }])
  t.equal(report.leaks.length, 1)
  matches(t, report.kernel.unexplained, [{ target: '/dev/zero' }])
})
