// The formats beside text and JSON, from programs that leak and that do not.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { SaxesParser } from 'saxes'
import t, { type Test } from 'tap'
import { matches } from '../support/matches.ts'
import { pageOf, texts } from '../support/page.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { profileOf } from '../support/profile.ts'
import { runNode } from '../support/run.ts'

const leaking = fixture('scenarios', 'held-descriptor.mjs')
const clean = '0'

const root = inRoot('.').replace(/\/$/, '')

type Program = { readonly script: string } | { readonly eval: string }

async function written(t: Test, format: string, program: Program, workspace = root): Promise<string> {
  return (await writtenBytes(t, format, program, workspace)).toString('utf8')
}

async function writtenBytes(t: Test, format: string, program: Program, workspace = root): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-formats-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const output = join(directory, 'report')
  const { code, stderr } = await runNode({ ...program, format, cwd: inRoot('test'), env: { LEAKWATCH_OUTPUT: output, GITHUB_WORKSPACE: workspace } })
  t.match({ code, stderr }, { code: 0, stderr: '' })
  return readFileSync(output)
}

t.test('github annotates the line of the program, from the root of the repository', async t => {
  t.match(await written(t, 'github', { script: leaking }), /^::error file=test\/scenarios\/fixtures\/held-descriptor\.mjs,line=4,col=\d+,title=leakwatch%3A 1 file descriptor opened at .*\nleakwatch: 1 leak from 1 line at exit .*\n$/)
  const { stderr } = await runNode({ eval: clean, format: 'github' })
  t.equal(stderr, '')
})

t.test('so it does where the root is given by a link to it', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-formats-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  symlinkSync(root, join(directory, 'link'))
  t.match(await written(t, 'github', { script: leaking }, join(directory, 'link')), /^::error file=test\/scenarios\/fixtures\/held-descriptor\.mjs,line=4,/)
})

t.test('junit is written whether anything leaks or not', async t => {
  for (const [program, failures] of [[{ script: leaking }, 1], [{ eval: clean }, 0]] as const) {
    const xml = await written(t, 'junit', program)
    t.doesNotThrow(() => new SaxesParser().write(xml).close())
    t.match(xml, `<testsuite name="leakwatch" tests="1" failures="${failures}"`)
  }
})

t.test('sarif is written whether anything leaks or not', async t => {
  const [run] = JSON.parse(await written(t, 'sarif', { script: leaking })).runs
  matches(t, run.results, [{ locations: [{ physicalLocation: { artifactLocation: { uri: 'test/scenarios/fixtures/held-descriptor.mjs' }, region: { startLine: 4 } } }] }])
  t.strictSame(JSON.parse(await written(t, 'sarif', { eval: clean })).runs[0].results, [])
})

t.test('html is written whether anything leaks or not, with the source of the line', async t => {
  const page = pageOf(await written(t, 'html', { script: leaking }))
  t.match(texts(page, 'h1'), [/^leakwatch: 1 leak from 1 line at exit /])
  t.strictSame(texts(page, 'pre'), ["3 function hold(path) {\n4   return openSync(path, 'r')\n5 }\n"])
  const unharmed = pageOf(await written(t, 'html', { eval: clean }))
  t.match(texts(unharmed, 'h1'), [/^leakwatch: no leaks at exit /])
  t.strictSame(texts(unharmed, 'article'), [])
})

t.test('pprof is written whether anything leaks or not, compressed', async t => {
  const { samples } = profileOf(gunzipSync(await writtenBytes(t, 'pprof', { script: leaking })))
  matches(t, samples, [{
    frames: [`hold ${leaking}:4:10`, `scenarios/fixtures/held-descriptor.mjs:7 ${leaking}:7:1`],
    values: { resources: 1, leaks: 1 }, labels: { type: 'fd', verdict: 'active', target: '/dev/null' },
  }])
  const unharmed = profileOf(gunzipSync(await writtenBytes(t, 'pprof', { eval: clean })))
  t.strictSame(unharmed.samples, [])
  t.match(unharmed.comments, [/^leakwatch: no leaks at exit /])
})

t.test('without a word of CI, files are counted from the root of the repository that the process runs in, else from where it runs', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-formats-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const cwd = join(directory, 'packages', 'a')
  mkdirSync(cwd, { recursive: true })
  writeFileSync(join(cwd, 'app.mjs'), readFileSync(leaking))
  const uriOf = async (name: string) => {
    const output = join(directory, name)
    await runNode({ script: join(cwd, 'app.mjs'), format: 'sarif', cwd, env: { LEAKWATCH_OUTPUT: output, GITHUB_WORKSPACE: '' } })
    return JSON.parse(readFileSync(output, 'utf8')).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri
  }
  t.equal(await uriOf('outside'), 'app.mjs')
  // A file, as in a work tree.
  writeFileSync(join(directory, '.git'), 'gitdir: elsewhere\n')
  t.equal(await uriOf('inside'), 'packages/a/app.mjs')
})
