import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { changeBaseline, readBaseline } from '../../../lib/session/baseline/file.ts'

const entry = { fingerprint: '0123456789abcdef', type: 'fd', site: 'src/a.ts in open', count: 2, reason: 'old', firstSeen: '2026-01-01' }

function pathIn(t: Test, content?: unknown): string {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-baseline-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'leakwatch-baseline.json')
  if (content !== undefined) writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

t.test('what was written is read again, one field a line, and nothing else is left lying', async t => {
  const path = pathIn(t)
  t.strictSame(readBaseline(path), { entries: [], beside: {}, stamp: null })
  const written = changeBaseline(path, () => [{ ...entry, programs: ['a.js'] }])
  t.strictSame(readBaseline(path), written)
  t.strictSame(readFileSync(path, 'utf8').split('\n').slice(0, 7), ['{', '  "schema": "leakwatch-baseline/1",', '  "leaks": [', '    {', '      "fingerprint": "0123456789abcdef",', '      "type": "fd",', '      "site": "src/a.ts in open",'])
  t.strictSame(readdirSync(join(path, '..')), ['leakwatch-baseline.json'])
})

t.test('every writing changes the stamp, also of the same entries', async t => {
  const path = pathIn(t)
  const { stamp } = changeBaseline(path, () => [entry])
  t.not(changeBaseline(path, ({ entries }) => entries).stamp, stamp)
})

t.test('what fails leaves the file as it was', async t => {
  const path = pathIn(t, { schema: 'leakwatch-baseline/1', leaks: [entry] })
  t.throws(() => changeBaseline(path, () => { throw new Error('no') }), { message: 'no' })
  t.strictSame(readBaseline(path).entries, [entry])
  t.equal(existsSync(`${path}.lock`), false)
})

t.test('a link to the file stays one, and what it leads to is written with the rights that it has', async t => {
  const path = pathIn(t, { schema: 'leakwatch-baseline/1', leaks: [] })
  chmodSync(path, 0o664)
  const link = `${path}.link`
  symlinkSync(path, link)
  changeBaseline(link, () => [entry])
  t.strictSame(readBaseline(path).entries, [entry])
  t.equal(lstatSync(link).isSymbolicLink(), true)
  t.equal(statSync(path).mode & 0o777, 0o664)
})

t.test('a link to a file that is yet to be made stays one, and the file is made', async t => {
  const path = pathIn(t)
  const link = `${path}.link`
  symlinkSync(basename(path), link)
  changeBaseline(link, () => [entry])
  t.strictSame(readBaseline(path).entries, [entry])
  t.equal(lstatSync(link).isSymbolicLink(), true)
})

t.test('what can not be read is named', async t => {
  const directory = dirname(pathIn(t))
  t.throws(() => readBaseline(directory), { message: `${directory} can't be read (EISDIR: illegal operation on a directory, read)` })
})

t.test('a field that objects have is none of an entry', async t => {
  const path = pathIn(t, { schema: 'leakwatch-baseline/1', leaks: [{ ...entry, constructor: 1 }] })
  t.throws(() => readBaseline(path), { message: /leaks\[0\]: 'constructor' is no field of an entry/ })
})

t.test('the lock of a process that was killed is broken', async t => {
  const path = pathIn(t)
  writeFileSync(`${path}.lock`, '')
  utimesSync(`${path}.lock`, 1, 1)
  t.strictSame(changeBaseline(path, () => [entry]).entries, [entry])
})

t.test('the lock of a process of this machine that is gone is broken at once, that of one elsewhere, or that lives, is not', async t => {
  const path = pathIn(t, { schema: 'leakwatch-baseline/1', leaks: [] })
  const { pid } = spawnSync(process.execPath, ['--version'])
  const began = performance.now()
  writeFileSync(`${path}.lock`, `${pid} ${hostname()}\n`)
  t.strictSame(changeBaseline(path, () => [entry]).entries, [entry])
  t.ok(performance.now() - began < 2_000)
  for (const holder of [`${pid} elsewhere`, `${process.pid} ${hostname()}`]) {
    writeFileSync(`${path}.lock`, holder)
    t.throws(() => changeBaseline(path, () => []), { message: /another process does not let go of/ })
    t.equal(readFileSync(`${path}.lock`, 'utf8'), holder)
  }
})

t.test('a byte-order mark is read over, and what stands beside the entries stays', async t => {
  const path = pathIn(t, `\ufeff${JSON.stringify({ $schema: 'x.json', leaks: [], owner: { team: 'a' }, schema: 'leakwatch-baseline/1' })}`)
  changeBaseline(path, () => [entry])
  t.strictSame(JSON.parse(readFileSync(path, 'utf8')), { $schema: 'x.json', leaks: [entry], owner: { team: 'a' }, schema: 'leakwatch-baseline/1' })
})

const leaks = (...entries: unknown[]) => ({ schema: 'leakwatch-baseline/1', leaks: entries })
const broken: readonly (readonly [what: string, content: unknown, message: RegExp])[] = [
  ['no JSON', '{', /leakwatch-baseline\.json wants JSON \(/],
  ['a list', [], /wants \{ "schema": "leakwatch-baseline\/1", "leaks": \[\.\.\.\] \}$/],
  ['another schema', { schema: 'leakwatch-baseline/2', leaks: [] }, /wants \{ "schema"/],
  ['a text for an entry', leaks('x'), /leaks\[0\] wants an object$/],
  ['a fingerprint that is none', leaks(entry, { ...entry, fingerprint: 'xyz' }), /leaks\[1\]: 'fingerprint' wants sixteen hexadecimal digits, but is "xyz"$/],
  ['a count of none', leaks({ ...entry, count: 0 }), /leaks\[0\]: 'count' wants a whole number from 1 on, but is 0$/],
  ['no reason', leaks({ ...entry, reason: undefined }), /leaks\[0\]: 'reason' wants a text that is not empty, but is missing$/],
  ['a day that no month has', leaks({ ...entry, until: '2027-02-30' }), /leaks\[0\]: 'until' wants a day such as 2026-03-01, but is "2027-02-30"$/],
  ['a day that is none', leaks({ ...entry, until: 'soon' }), /leaks\[0\]: 'until' wants a day such as 2026-03-01, but is "soon"$/],
  ['a field that is none', leaks({ ...entry, line: 3 }), /leaks\[0\]: 'line' is no field of an entry\. Valid are fingerprint, /],
  ['an entry twice', leaks(entry, entry), /leaks\[1\]: fingerprint 0123456789abcdef is listed twice$/],
]

for (const [what, content, message] of broken) {
  t.test(`${what} is refused with the file and the entry, and is not overwritten`, async t => {
    const path = pathIn(t, content)
    const before = readFileSync(path, 'utf8')
    t.throws(() => readBaseline(path), { message })
    t.throws(() => changeBaseline(path, () => []), { message })
    t.equal(readFileSync(path, 'utf8'), before)
  })
}
