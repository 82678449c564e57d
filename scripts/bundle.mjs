// Puts each entry into few files, since loading sixty modules is most of the start-up: the preload and the API are CommonJS, which
// lib/session/loading/load.ts runs unless they are off. What records lies in a file of its own, run when something is opened, and so does
// what judges and tells, run when there is something to tell.
// Sources stay mapped; source-map-support stays outside, loaded when a report needs it.
import { rollup } from '@rollup/wasm-node'
import { stop, transform } from 'esbuild-wasm'
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/lib/', import.meta.url))

// The maps of tsc, so that the bundle's map leads to the sources.
const mapped = {
  name: 'mapped',
  load: id => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
}

// What lib/session/loading runs is handed its address. Rollup's own way asks for a `document` first, which a program may have made.
const addressed = isLoaded => ({
  name: 'addressed',
  resolveImportMeta(property, { format }) {
    if (format !== 'cjs') return null
    if (property === 'filename') return isLoaded ? '__path' : '__filename'
    return isLoaded ? '__url' : "require('node:url').pathToFileURL(__filename).href"
  },
})

// Read as Latin-1, which takes no decoding. One character beyond it would make V8 read the whole file as two bytes a character, which takes
// a fifth longer. Without comments and white space, since each is read in each process, and V8 keeps the text of what is run: one of twice
// the size brings on a collection in the shortest programs. In lines all the same: Node shows the one that threw an error.
const forLoading = {
  name: 'for-loading',
  async renderChunk(code) {
    return await transform(code, { charset: 'ascii', target: 'node20', minifyWhitespace: true, lineLimit: 160, legalComments: 'none', sourcemap: true })
  },
}

// What stands by is run at the start; each of these parts when it is first needed.
const under = (...paths) => new RegExp(`/dist/lib/(${paths.join('|')})`)
// What reads options, where few are given any.
const options = under('model/(errors|settings/(options|values)|text/nearest)\\.', 'session/(options/(env|config)|tests/settings)\\.')
// What tells whether something is worth recording, once a line of the program stands behind it.
const types = under('model/(type-table|path|text/pattern)\\.', 'collect/(own-collections|standby/tracked-types)\\.')
// What records, once there is something to record. What was taken from the program's reach at load is not among it.
const recorder = under('collect/', 'session/(taken|moments/pressure|tracked/tracking)\\.', 'model/text/misuse-words\\.')
const standby = under('collect/((intrinsics|thread|settle|tracked/scopes)\\.|standby/(standby|node-calls|program-calls|hook-options|listeners|pass-on|wanted)\\.|taps/(?!openings|closings|undici)|stacks/(own|scripts|callers|read-stack)\\.|snapshot/listing\\.)')
// What each test of an adapter asks for, once something was opened.
const asked = under('analyze/(blame|compare/(diff|key-index|replaced|scoped))\\.', 'adapters/watching/judging\\.', 'session/baseline/baseline-at\\.')
// What judges and tells, with what looks at resources where that is done at the end.
const reports = under('(analyze|report)/', 'model/(grouped|text/duration)\\.', 'session/(reports/|output\\.|moments/telling|tests/collector|baseline/)', 'adapters/watching/leak-error')
const lookingOnce = under('session/taken\\.|collect/snapshot/(?!(kernel|listing|attribution|empty|ended-by-peer)\\.)')

// Runners that run many files in one process, and what they alone use.
const fewRunners = under('adapters/(runners/(jest|mocha(-late|-model)?)|watching/global-setup)\\.')

const inParts = new Set(['preload', 'index', 'adapters'])
const runners = ['jest', 'mocha', 'node-test', 'tap', 'vitest']

// It stands in a function, and imports nothing.
const requiring = readFileSync(`${dist}session/loading/parts.js`, 'utf8').replace(/^export /gm, '').replace(/^\/\/.*$/gm, '')

function partOf(id, name) {
  if (!inParts.has(name)) return undefined
  if (types.test(id)) return `${name}-types`
  if (name !== 'index' && options.test(id)) return `${name}-options`
  if (name === 'adapters' && asked.test(id)) return `${name}-recorder`
  if (name === 'adapters' && fewRunners.test(id)) return `${name}-runners`
  if (reports.test(id) || (name === 'preload' && lookingOnce.test(id))) return `${name}-reports`
  return recorder.test(id) && !standby.test(id) ? `${name}-recorder` : name
}

for (const { input, name, format } of [
  { input: 'session/preload.js', name: 'preload', format: 'cjs' },
  { input: 'index.js', name: 'index', format: 'cjs' },
  { input: 'adapters/all.js', name: 'adapters', format: 'cjs' },
  { input: 'register.js', name: 'register', format: 'es' },
  // For `-r` where Node is told not to require modules.
  { input: 'register.js', name: 'register', format: 'cjs' },
  // Before Node 24.9 Jest can't require a module: what tests of CommonJS import there has to be a script.
  { input: 'main.js', name: 'main', format: 'cjs' },
  { input: 'adapters/jest.js', name: 'adapters/jest', format: 'cjs' },
  ...runners.map(runner => ({ input: `adapters/${runner}.js`, name: `adapters/${runner}`, format: 'es' })),
  { input: 'main.js', name: 'main', format: 'es' },
  { input: 'noop.js', name: 'noop', format: 'es' },
  { input: 'bin.js', name: 'bin', format: 'es' },
]) {
  const bundle = await rollup({
    input: { [name]: dist + input }, external: [/^node:/, 'vitest'],
    plugins: [mapped, addressed(inParts.has(name)), forLoading], preserveEntrySignatures: 'allow-extension',
  })
  // Without a word of its own a file would not show that it is a module.
  const footer = name === 'register' && format === 'es' ? 'export {}' : ''
  const extension = format === 'cjs' ? 'cjs' : 'js'
  // What lib/session/loading runs is a function: V8 keeps the code of a script alone, and a text put around it would move its lines.
  // It is handed `process`: the program may put another in the place of the global one, or none.
  const around = inParts.has(name) ? {
    banner: ({ isEntry }) => `(function (exports, ${isEntry ? '__loading' : 'require'}, __url, __path, process) {`,
    intro: ({ isEntry }) => isEntry ? `const require = (() => { ${requiring} return requireFor })()(__loading)` : '',
    footer: '})',
  } : { footer }
  // Vitest transforms this one, and its map, in each process.
  const sourcemap = name !== 'adapters/vitest'
  await bundle.write({
    dir: dist, format, ...around, exports: 'named', sourcemap, sourcemapExcludeSources: true, externalLiveBindings: false, hoistTransitiveImports: false,
    entryFileNames: `[name].${extension}`, chunkFileNames: `[name].${extension}`, manualChunks: id => partOf(id, name),
  })
  if (!sourcemap) rmSync(`${dist}${name}.js.map`)
  await bundle.close()
}
await stop()
