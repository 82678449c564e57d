// Programs whose lines are not those of the script that runs: the report shows the line that was written.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync, transformSync } from 'esbuild-wasm'
import t, { type Test } from 'tap'
import type { Report } from '../../lib/model/report.ts'
import { detects, named } from '../support/detection.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { runCommand, runNode, type RunOptions } from '../support/run.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-languages-')))
t.teardown(() => rmSync(base, { recursive: true }))

const tsc = inRoot('node_modules/typescript/bin/tsc')
const tsx = import.meta.resolve('tsx')

for (const map of ['--sourceMap', '--inlineSourceMap']) {
  t.test(`TypeScript compiled by tsc ${map} is named by its own lines`, async t => {
    const { directory, source } = project('tsc')
    await compile(directory, map, '--outDir', 'out')
    await detectsSource(t, source, { script: join(directory, 'out/typed.js') })
    await detectsSource(t, source, { script: join(directory, 'out/typed.js'), flags: ['--enable-source-maps'] })
  })
}

for (const sourcemap of ['linked', 'inline', 'external'] as const) {
  const line = sourcemap === 'external' ? 'the line of the bundle, which knows of no map' : 'the lines that were bundled'
  t.test(`a minified bundle of esbuild with its map ${sourcemap} is named by ${line}`, async t => {
    const { directory, source } = project('esbuild')
    writeFileSync(join(directory, 'main.ts'), "import './typed.ts'\n")
    const bundle = join(directory, 'out', 'bundle.mjs')
    buildSync({ entryPoints: [join(directory, 'main.ts')], outfile: bundle, bundle: true, minify: true, platform: 'node', format: 'esm', sourcemap })
    if (sourcemap === 'external') await names(t, bundle, ['bundle.mjs:1'])
    else await detectsSource(t, source, { script: bundle })
  })
}

for (const compiler of ['tsc', 'esbuild']) {
  t.test(`what ${compiler} makes of files whose names a URL can't hold is named by their lines`, async t => {
    const { directory } = project(compiler)
    const source = join(directory, '[größe] x.ts')
    renameSync(join(directory, 'typed.ts'), source)
    const script = join(directory, 'out', '[größe] x.js')
    if (compiler === 'tsc') await compile(directory, '--sourceMap', '--outDir', 'out', '[größe] x.ts')
    else buildSync({ entryPoints: [source], outfile: script, platform: 'node', format: 'esm', sourcemap: 'linked' })
    t.match(readFileSync(script, 'utf8'), /sourceMappingURL=%5B/)
    await detectsSource(t, source, { script })
  })
}

for (const [source, opened] of [
  ['../src/plain.js', 'src/plain.js'],
  ['../src/a%20b.js', 'src/a b.js'],
  ['file://DIRECTORY/src/plain.js', 'src/plain.js'],
  ['webpack://app/./src/plain.js', 'src/plain.js'],
  ['webpack://app/./src/a%20b.js?1a2b', 'src/a b.js'],
  ['webpack:///./src/plain.js', 'src/plain.js'],
  ['turbopack:///[project]/src/plain.js', 'src/plain.js'],
  ['webpack://app/./src/gone.js', 'webpack://app/src/gone.js'],
] as const) {
  t.test(`a source that its map names ${source} is found`, async t => {
    const directory = mkdtempSync(join(base, 'urls-'))
    const program = "require('fs').openSync(process.execPath)\n"
    for (const folder of ['src', 'dist']) mkdirSync(join(directory, folder))
    for (const name of ['plain.js', 'a b.js']) writeFileSync(join(directory, 'src', name), program)
    const map = { version: 3, sources: [source.replace('DIRECTORY', directory)], names: [], mappings: 'AAAA,aAAa' }
    // What is made of another source may have the name of this one.
    writeFileSync(join(directory, 'dist/plain.js'), '')
    writeFileSync(join(directory, 'dist/bundle.js'), `${program}//# sourceMappingURL=bundle.js.map\n`)
    writeFileSync(join(directory, 'dist/bundle.js.map'), JSON.stringify(map))
    const inline = `sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`
    writeFileSync(join(directory, 'dist/evaluated.js'), `eval(${JSON.stringify(`${program}//# ${inline}\n//# sourceURL=webpack-internal:///./plain.js\n`)})\n`)
    for (const [script, flags] of [['bundle.js', []], ['bundle.js', ['--enable-source-maps']], ['evaluated.js', []]] as const) {
      if (script === 'evaluated.js' && !source.startsWith('webpack:')) continue
      const { report } = await runNode({ script: join(directory, 'dist', script), cwd: directory, flags })
      const { frames, user } = (report as Report).leaks[0]!.site
      t.match(frames[user], { file: opened.startsWith('webpack:') ? opened : join(directory, opened), line: 1, column: 14 }, `${script} ${flags.join()}`)
    }
  })
}

for (const runner of [{ VITEST: 'true' }, { JEST_WORKER_ID: '1' }]) {
  t.test(`what was compiled once, and is run as it is where ${Object.keys(runner)[0]} transforms the rest, is named by the file that was written`, async t => {
    const { directory, source } = project('compiled')
    for (const map of ['--sourceMap', '--inlineSourceMap']) {
      await compile(directory, map, '--outDir', 'out')
      await detectsSource(t, source, { script: join(directory, 'out/typed.js'), env: runner })
    }
  })
}

t.test('TypeScript run by tsx is named by its own lines, whichever preload comes first', async t => {
  const { source } = project('tsx')
  // tsx runs a service of its own in another process, and on 22 in a thread that it lets go of.
  const types = 'fs,requests,net'
  await detects(t, { script: source, types, before: [tsx] }, { sources: [source], ignoreUnexplained: true })
  await detects(t, { script: source, types, flags: ['--import', tsx] }, { sources: [source], ignoreUnexplained: true })
})

t.test('CommonJS that tsx compacts is named by its columns too', async t => {
  const { source, directory } = project('tsx-cjs')
  writeFileSync(join(directory, 'package.json'), '{ "type": "commonjs" }')
  const { report } = await runNode({ script: source, flags: ['--import', tsx] })
  const opened = (report as Report).leaks.find(({ type }) => type === 'fd')!.site
  const [line, text] = [...readFileSync(source, 'utf8').split('\n').entries()].find(([, text]) => text.includes('// LEAK fd'))!
  t.match(opened.frames[opened.user], { file: source, line: line + 1, column: text.indexOf('openSync') + 1 })
})

if ((process.features as { typescript?: unknown }).typescript === 'strip') {
  t.test('TypeScript that Node strips of its types is named by its own lines', async t => {
    const { source } = project('strip')
    await detectsSource(t, source, { script: source, flags: ['--disable-warning=ExperimentalWarning'] })
  })
}

for (const extension of ['.ts', '.js']) {
  t.test(`a ${extension} that a hook of require compiles in memory is named by its own lines`, async t => {
    const directory = mkdtempSync(join(base, 'hook '))
    const source = join(directory, `written${extension}`)
    writeFileSync(source, "const { openSync } = require('fs')\n\nmodule.exports = function open(path) {\n  return openSync(path) // LEAK fd\n}\n")
    const { code } = transformSync(readFileSync(source, 'utf8'), { minify: true, sourcemap: 'inline', sourcefile: source })
    const script = join(directory, 'main.cjs')
    writeFileSync(script, `
      for (const extension of ['.ts', '.js']) require.extensions[extension] = (module, file) => module._compile(${JSON.stringify(code)}, file)
      require('./written${extension}')(process.execPath)`)
    await detects(t, { script }, { sources: [source] })
  })
}

t.test('a path with spaces, letters beyond ASCII and percent signs is named as it is', async t => {
  const { directory, source } = project('a ä %20 #b')
  await compile(directory, '--sourceMap', '--outDir', 'out')
  await detectsSource(t, source, { script: join(directory, 'out/typed.js') })
})

t.test('a map with a root and without its source names the line that is not there', async t => {
  const { directory } = project('root')
  await compile(directory, '--sourceMap', '--outDir', 'out', '--sourceRoot', '/nowhere/at all')
  await names(t, join(directory, 'out/typed.js'), ['typed.ts:12', 'typed.ts:27'])
})

const broken: Readonly<Record<string, (map: any) => string>> = {
  'that is no JSON': () => '{ "version": 3, ',
  'that is empty': () => '',
  'of a null source': map => JSON.stringify({ ...map, sources: [null] }),
  'without sources': map => JSON.stringify({ ...map, sources: [] }),
  'with mappings that are none': map => JSON.stringify({ ...map, mappings: '!!!' }),
  'of another version': map => JSON.stringify({ ...map, version: 99 }),
}

for (const [what, breaking] of Object.entries(broken)) {
  t.test(`with a map ${what} the line of the script is named`, async t => {
    const { directory } = project(what)
    await compile(directory, '--sourceMap', '--outDir', 'out')
    const file = join(directory, 'out/typed.js.map')
    writeFileSync(file, breaking(JSON.parse(readFileSync(file, 'utf8'))))
    await names(t, join(directory, 'out/typed.js'), ['typed.js:16', 'typed.js:4'])
  })
}

t.test('a map that stands in the script takes no longer for being long', async t => {
  const count = 300
  const source = `import fs from 'node:fs'\n${Array.from({ length: count }, (_, index) => `const opened${index}: number = fs.openSync('/dev/null')\n`).join('')}`
  const script = join(mkdtempSync(join(base, 'long-')), 'long.mjs')
  writeFileSync(script, transformSync(source, { loader: 'ts', sourcemap: 'inline', sourcefile: 'long.mts' }).code)
  const began = performance.now()
  const { report } = await runNode({ script })
  const { leaks } = report as Report
  t.equal(leaks.length, count)
  t.ok(leaks.every(({ site }) => site.frames[site.user]?.file?.endsWith('long.mts')))
  // A search whose time goes with the square of its length took twenty seconds and more.
  t.ok(performance.now() - began < 8_000)
})

t.test('with a map that is missing the line of the script is named', async t => {
  const { directory } = project('missing')
  await compile(directory, '--sourceMap', '--outDir', 'out')
  rmSync(join(directory, 'out/typed.js.map'))
  await names(t, join(directory, 'out/typed.js'), ['typed.js:16', 'typed.js:4'])
})

t.test('what a module of WebAssembly opens is named by the line that called it', async t => {
  await detects(t, { script: fixture('scenarios', 'web-assembly.mjs') })
})

function project(name: string): { readonly directory: string, readonly source: string } {
  const directory = mkdtempSync(join(base, `${name} `))
  const source = join(directory, 'typed.ts')
  copyFileSync(fixture('scenarios', 'typed.ts'), source)
  mkdirSync(join(directory, 'out'))
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  return { directory, source }
}

async function compile(directory: string, ...flags: readonly string[]): Promise<void> {
  const files = flags.some(flag => flag.endsWith('.ts')) ? [] : ['typed.ts']
  await command(directory, process.execPath, tsc, '--target', 'es2023', '--module', 'nodenext', '--noCheck', '--types', '', ...flags, ...files)
}

async function command(cwd: string, ...words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runCommand(words, { cwd })
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stdout}${stderr}`)
}

async function detectsSource(t: Test, source: string, options: RunOptions & { readonly script: string }): Promise<void> {
  await detects(t, options, { sources: [source] })
}

async function names(t: Test, script: string, places: readonly string[]): Promise<void> {
  const { report, stderr } = await runNode({ script })
  t.equal(stderr, '')
  t.strictSame([...new Set(named(report).map(line => line.split(' ')[0]))], places)
}
