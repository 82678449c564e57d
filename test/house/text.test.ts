import { existsSync } from 'node:fs'
import t from 'tap'
import { inRoot } from '../support/paths.ts'
import { filesUnder, linesMatching, textOf } from './sources.ts'

const code = ['lib', 'test', 'bench', 'scripts'].flatMap(folder => filesUnder(folder))
const papers = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'package.json', 'tsconfig.json', 'knip.json'].filter(path => existsSync(inRoot(path)))
const everything = [...code, ...['docs', 'examples', 'schema', '.ci'].flatMap(folder => filesUnder(folder)), ...papers]

t.test('no file names a path of one machine', async t => {
  const machine = /\/(work|farm|root)\/|\/tmp\/(bash_jobs|nodes)\b/
  t.strictSame(everything.flatMap(path => linesMatching(path, machine)), [])
})

t.test('no placeholder is left in code', async t => {
  const placeholder = /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K|not implemente[d])\b/
  t.strictSame(code.flatMap(path => linesMatching(path, placeholder)), [])
})

t.test('no test is switched off or runs alone', async t => {
  const off = /\.(skip|only|todo)\(|\b(skip|only|todo): *true|\b(c8|istanbul) ignore\b/
  t.strictSame(filesUnder('test').filter(path => !path.includes('/fixtures/')).flatMap(path => linesMatching(path, off)), [])
})

t.test('every import of ours in lib, test and bench carries its extension', async t => {
  const bare = /\bfrom '\.{1,2}\/[^']*(?<!\.(ts|mjs|cjs|js|json))'/
  t.strictSame(code.filter(path => path.endsWith('.ts') && !path.includes('/fixtures/')).flatMap(path => linesMatching(path, bare)), [])
})

t.test('every package is pinned to one version', async t => {
  const packages = ['package.json', 'test/adapters/package.json', 'test/programs/package.json', 'test/integrations/package.json', 'examples/pg-service/package.json'].map(path => JSON.parse(textOf(path)))
  const wanted = packages.flatMap(({ dependencies, devDependencies, overrides }) => Object.entries({ ...dependencies, ...devDependencies, ...overrides }))
  const loose = wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))
  t.strictSame(loose, [])
})
