import t from 'tap'
import { fingerprint } from '../../lib/analyze/fingerprint.ts'
import { buildSite, buildSnapshot } from '../support/snapshot-builder.ts'

const stack = 'node:fs:573:3 in open < src/pool.ts:88:17 in acquire < node_modules/express/lib/router.js:4:1 in next < src/server.ts:12:3'

interface Given {
  readonly type?: string
  readonly roots?: readonly string[]
  readonly names?: Readonly<Record<string, string>>
  readonly cwd?: string
}

function print(at: string, { type = 'fd', roots = ['/srv/app'], names = {}, cwd = '/srv/app' }: Given = {}) {
  const { process, ...rest } = buildSnapshot()
  return fingerprint(type, buildSite(at), { ...rest, roots, names, process: { ...process, cwd } })
}

t.test('a fingerprint is sixteen hexadecimal digits', async t => {
  t.match(print(stack), /^[0-9a-f]{16}$/)
})

t.test('it stays when lines move, and when frames of Node come and go', async t => {
  t.equal(print(stack.replace('88:17', '91:2').replace('12:3', '120:30')), print(stack))
  t.equal(print(stack.replace('node:fs:573:3 in open < ', 'node:fs:1:1 in open < node:fs:2:2 in openSync < ')), print(stack))
  t.equal(print(`${stack} < node:internal/process/task_queues:95:5 in run`), print(stack))
})

t.test('it stays on another machine, in another folder and on Windows', async t => {
  const moved = stack.replaceAll(/(src|node_modules)\//g, '/build/42/$1/')
  t.equal(print(moved, { roots: ['/build/42'], cwd: '/build' }), print(stack))
  const windows = 'node:fs:573:3 in open < D:\\a\\b\\src\\pool.ts:88:17 in acquire < D:\\a\\b\\node_modules\\express\\lib\\router.js:4:1 in next < D:\\a\\b\\src\\server.ts:12:3'
  t.equal(print(windows, { roots: ['d:\\a\\b'], cwd: 'D:\\a\\b' }), print(stack))
})

t.test('it stays when a package manager nests the package elsewhere, whatever its version', async t => {
  t.equal(print(stack.replace('node_modules/express', 'node_modules/.pnpm/express@5.1.0/node_modules/express')), print(stack))
})

t.test('it stays when a release renames, minifies or rearranges what a package does inside', async t => {
  const minified = stack.replace('node_modules/express/lib/router.js:4:1 in next', 'node_modules/express/dist/index.min.js:1:83211 in e < node_modules/express/dist/index.min.js:1:90 < node_modules/express/dist/index.min.js:1:7 in t')
  t.equal(print(minified), print(stack))
  t.equal(print('node_modules/multer/lib/disk.js:7:3 in open < src/a.ts:1:1'), print('node_modules/multer/m.js:1:1 in a < node_modules/multer/m.js:1:9 in b < src/a.ts:1:1'))
  t.not(print(stack.replace('express/', 'koa/')), print(stack))
})

t.test('it stays when more or less of a deep stack was kept, or a recursion went deeper', async t => {
  const deep = Array.from({ length: 12 }, (_, index) => `src/deep.ts:${index + 1}:1 in level${index}`)
  t.equal(print(deep.join(' < ')), print(deep.slice(0, 6).join(' < ')))
  const step = 'src/walk.ts:3:5 in walk'
  t.equal(print(`${step} < ${step} < ${step} < src/main.ts:1:1`), print(`${step} < src/main.ts:1:1`))
})

t.test('it stays by whatever way a test runner or framework came to call the program', async t => {
  t.equal(print(`${stack} < node_modules/jest-circus/run.js:1:1 in run < node_modules/jest-runner/index.js:2:2`), print(stack))
  t.not(print('node_modules/multer/disk.js:1:1 in open < node_modules/express/router.js:4:1'), print('node_modules/multer/disk.js:1:1 in open'), 'where it was not called, that is all there is')
})

t.test('files count from the innermost root, under the name of its package, or from the working directory where there is none', async t => {
  const at = '/srv/app/packages/a/src/x.ts:1:1 in f'
  t.equal(print(at, { roots: ['/srv/app', '/srv/app/packages/a'] }), print('/elsewhere/src/x.ts:1:1 in f', { roots: ['/elsewhere'] }))
  t.equal(print(at, { roots: [], cwd: '/srv/app/packages/a' }), print(at, { roots: ['/srv/app/packages/a'], cwd: '/' }))
  const [one, other] = [{ '/srv/app/packages/a': 'one' }, { '/srv/app/packages/a': 'other' }]
  t.not(print(at, { roots: ['/srv/app/packages/a'], names: one }), print(at, { roots: ['/srv/app/packages/a'], names: other }))
  t.equal(print(at, { roots: ['/srv/app/packages/a'], names: one }), print('/elsewhere/src/x.ts:1:1 in f', { roots: ['/elsewhere'], names: { '/elsewhere': 'one' } }))
  t.not(print(at, { roots: ['/srv/app'] }), print(at, { roots: ['/srv/app/packages/a'] }))
  t.equal(print('/srv/apple/x.ts:1:1', { roots: ['/srv/app'], cwd: '/srv/app' }), print('/opt/apple/x.ts:1:1', { roots: ['/opt/app'], cwd: '/opt/app' }))
})

t.test('it differs by type, function, file and caller', async t => {
  const others = [print(stack, { type: 'FILEHANDLE' }), print(stack.replace('acquire', 'release')), print(stack.replace('pool.ts', 'lake.ts')), print(`${stack} < src/main.ts:1:1`)]
  t.equal(new Set([print(stack), ...others]).size, 5)
})

t.test('frames of leakwatch itself are no part of it', async t => {
  t.equal(print(`${stack} < node_modules/leakwatch/dist/lib/session/check.js:9:9 in assertNoLeaks`), print(stack))
})

t.test('ten thousand stacks that differ in one character have as many fingerprints', async t => {
  const all = new Set(Array.from({ length: 10_000 }, (_, index) => print(`src/a.ts:1:1 in f${index}`)))
  t.equal(all.size, 10_000)
})
