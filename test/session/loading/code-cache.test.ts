import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import t, { type Test } from 'tap'
import { inRoot } from '../../support/paths.ts'
import { runCommand } from '../../support/run.ts'

const slot = `${process.version}-${process.platform}-${process.arch}`
const leaking = 'require("node:fs").openSync(process.execPath)'
const parts = ['preload-recorder.cjs', 'preload-reports.cjs', 'preload-types.cjs', 'preload.cjs']

interface Asked {
  readonly program?: string
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** @defaultValue 0 */
  readonly code?: number
}

/** A copy of the package, in a folder of its own. */
class Installed {
  readonly folder: string
  readonly cache: string

  constructor(t: Test) {
    const directory = mkdtempSync(join(tmpdir(), 'leakwatch-code-'))
    t.teardown(() => rmSync(directory, { recursive: true, force: true }))
    cpSync(inRoot('dist/lib'), join(directory, 'dist/lib'), { recursive: true })
    cpSync(inRoot('package.json'), join(directory, 'package.json'))
    this.folder = join(directory, 'dist/lib')
    this.cache = join(directory, 'dist/.cache', slot)
  }

  kept(): readonly string[] {
    return existsSync(this.cache) ? readdirSync(this.cache).toSorted() : []
  }

  path(name: string): string {
    return join(this.cache, name)
  }

  /** Standard error of a program; it leaks one descriptor unless another is given. */
  async told(t: Test, { program = leaking, flags = [], env = {}, code = 0 }: Asked = {}): Promise<string> {
    const register = pathToFileURL(join(this.folder, 'register.js')).href
    const ended = await runCommand([process.execPath, '--import', register, ...flags, '-e', program], { env })
    t.equal(ended.code, code, ended.stderr)
    return ended.stderr
  }

  /** Keeps the code of another text that is as long as a part's, by which V8 can't tell. */
  keepOther(name: string): void {
    const text = readFileSync(join(this.folder, name), 'latin1')
    const script = new Script(text.replaceAll('at exit', 'AT EXIT'), { filename: join(this.folder, name) })
    script.runInThisContext()
    const code = script.createCachedData()
    writeFileSync(this.path(name), Buffer.concat([code, code]))
  }
}

const report = /^leakwatch: 1 leak from 1 line at exit.*\n\n1 file descriptor opened at \[eval\]:1:20\n/

t.test('what V8 made of the files that a process ran is kept, and used by the next', async t => {
  const installed = new Installed(t)
  t.match(await installed.told(t), report)
  t.strictSame(installed.kept(), parts)
  const written = parts.map(name => statSync(installed.path(name)).ino)
  t.match(await installed.told(t), report)
  t.strictSame(parts.map(name => statSync(installed.path(name)).ino), written, 'none was refused or missing')
  installed.keepOther('preload-reports.cjs')
  t.match(await installed.told(t), /^leakwatch: 1 leak from 1 line AT EXIT/, 'it is what runs')
})

t.test('a process that goes further than those before keeps what it called as well', async t => {
  const installed = new Installed(t)
  t.equal(await installed.told(t, { program: '' }), '')
  t.strictSame(installed.kept(), ['preload.cjs'])
  const { size } = statSync(installed.path('preload.cjs'))
  await installed.told(t)
  t.ok(statSync(installed.path('preload.cjs')).size > size + 2000)
  t.strictSame(installed.kept(), parts)
})

t.test('nothing that the program put in place by then is called as it is used', async t => {
  const installed = new Installed(t)
  await installed.told(t)
  const program = `Date.now = Buffer.prototype.compare = Buffer.prototype.subarray = () => { throw new Error('of the program') }; ${leaking}`
  for (const flags of [[], ['--expose-gc']]) t.match(await installed.told(t, { program, flags }), /^leakwatch: 1 leak /)
})

t.test('what is torn, empty or no code is not shown to V8, and replaced', async t => {
  const installed = new Installed(t)
  await installed.told(t)
  const sound = readFileSync(installed.path('preload.cjs'))
  const half = sound.length / 2
  const flipped = (at: number) => Buffer.from(sound).fill(sound[at]! ^ 0xff, at, at + 1)
  const torn: readonly (readonly [string, Buffer])[] = [
    ['empty', Buffer.alloc(0)],
    ['a part of it', sound.subarray(0, 4096)],
    ['an odd number of bytes', sound.subarray(1)],
    ['the first half alone', sound.subarray(0, half)],
    ['zeros at its end', Buffer.concat([sound.subarray(0, half + 4096), Buffer.alloc(half - 4096)])],
    ['zeros', Buffer.alloc(sound.length)],
    ['no code', Buffer.from('{}'.repeat(1000))],
    ...[8, 32, 36, half >> 1, half - 4, half + 32, sound.length - 1].map(at => [`another byte at ${at}`, flipped(at)] as const),
  ]
  for (const [what, bytes] of torn) {
    for (const name of parts) writeFileSync(installed.path(name), bytes)
    // Of what V8 refuses a file is replaced by the day.
    const long = new Date(Date.now() - 25 * 60 * 60 * 1000)
    for (const name of parts) utimesSync(join(installed.folder, name), long, new Date(long.getTime() - 1000))
    for (const name of parts) utimesSync(installed.path(name), long, long)
    t.match(await installed.told(t), report, what)
    for (const name of parts) t.ok(statSync(installed.path(name)).mtimeMs > long.getTime(), `${what}: ${name} is replaced`)
  }
  t.strictSame(installed.kept(), parts, 'no draft is left')
})

t.test('what is older than the file that it was made of is not used, and replaced', async t => {
  const installed = new Installed(t)
  await installed.told(t)
  installed.keepOther('preload-reports.cjs')
  const kept = installed.path('preload-reports.cjs')
  const old = new Date(statSync(join(installed.folder, 'preload-reports.cjs')).mtimeMs - 1000)
  utimesSync(kept, old, old)
  t.match(await installed.told(t), report)
  t.ok(statSync(kept).mtimeMs > old.getTime())
  t.match(await installed.told(t), report)
})

t.test('a V8 with other flags compiles anew, and takes the place of what is kept once a day', async t => {
  const installed = new Installed(t)
  await installed.told(t)
  const kept = installed.path('preload.cjs')
  const before = statSync(kept).ino
  t.match(await installed.told(t, { flags: ['--expose-gc'] }), report)
  t.equal(statSync(kept).ino, before)
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000)
  for (const file of [kept, join(installed.folder, 'preload.cjs')]) utimesSync(file, yesterday, yesterday)
  t.match(await installed.told(t, { flags: ['--expose-gc'] }), report)
  t.not(statSync(kept).ino, before)
})

t.test('processes that end at the same time leave whole files, and no drafts', async t => {
  const installed = new Installed(t)
  const told = await Promise.all(Array.from({ length: 6 }, () => installed.told(t)))
  for (const stderr of told) t.match(stderr, report)
  t.strictSame(installed.kept(), parts)
  t.match(await installed.told(t), report)
})

t.test('where nothing can be written each process compiles, and says nothing of it', async t => {
  const installed = new Installed(t)
  writeFileSync(join(installed.folder, '../.cache'), '')
  t.match(await installed.told(t), report)
  const other = new Installed(t)
  mkdirSync(join(other.cache, 'preload.cjs'), { recursive: true })
  t.match(await other.told(t), report)
  t.strictSame(other.kept(), parts, 'no draft is left')
})

t.test('nothing is kept or used where Node is told to keep no code, and where V8 counts calls', async t => {
  const installed = new Installed(t)
  t.match(await installed.told(t, { env: { NODE_DISABLE_COMPILE_CACHE: '1' } }), report)
  t.match(await installed.told(t, { env: { NODE_V8_COVERAGE: join(installed.folder, 'coverage') } }), report)
  t.strictSame(installed.kept(), [])
  await installed.told(t)
  installed.keepOther('preload-reports.cjs')
  t.match(await installed.told(t, { env: { NODE_DISABLE_COMPILE_CACHE: '1' } }), report)
})

t.test('a program that fails, or ends itself, keeps it too; a Worker leaves that to the main thread', async t => {
  const installed = new Installed(t)
  t.match(await installed.told(t, { program: `${leaking}; process.exit(3)`, code: 3 }), report)
  t.strictSame(installed.kept(), parts)
  rmSync(installed.cache, { recursive: true })
  await installed.told(t, {
    program: `
      const { existsSync } = require('node:fs')
      const { Worker } = require('node:worker_threads')
      // A module: what is given as a text runs without a preload.
      new Worker(new URL('data:text/javascript,import "node:fs"')).on('exit', () => process.exit(existsSync(${JSON.stringify(installed.path('preload.cjs'))}) ? 1 : 0))`,
  })
  t.ok(installed.kept().includes('preload.cjs'))
})
