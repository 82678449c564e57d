// Puts each entry into few files, since loading sixty modules is most of the start-up: the preload and the API are CommonJS, which
// lib/session/load.ts runs unless they are off. What records lies in a file of its own, run when something is opened, and so does what judges
// and tells, run when there is something to tell.
// Sources stay mapped; source-map-support stays outside, loaded when a report needs it.
import { rollup } from '@rollup/wasm-node'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/lib/', import.meta.url))

// The maps of tsc, so that the bundle's map leads to the sources.
const mapped = {
  name: 'mapped',
  load: id => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
}

// What lib/session/load.ts runs is handed its address. Rollup's own way asks for a `document` first, which a program may have made.
const addressed = isLoaded => ({
  name: 'addressed',
  resolveImportMeta: (_property, { format }) => format !== 'cjs' ? null : isLoaded ? '__url' : "require('node:url').pathToFileURL(__filename).href",
})

// Read as Latin-1, which takes no decoding. One character beyond it, be it in a comment, would make V8 read the whole file as two bytes a
// character, which takes a fifth longer.
const inAscii = {
  name: 'in-ascii',
  renderChunk: code => ({ code: code.replace(/[^\0-\x7f]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`), map: null }),
}

// What stands by is run at the start; each of these parts when it is first needed.
const under = (...paths) => new RegExp(`/dist/lib/(${paths.join('|')})`)
// Of the runners one is used.
const runner = under('adapters/runners/([a-z-]+)\\.')
// What reads options, where few are given any.
const options = under('model/(settings/options|text/nearest)\\.', 'session/(options/(env|config)|tests/settings)\\.')
// What records, once there is something to record. What was taken from the program's reach at load is not among it.
const recorder = under('collect/', 'session/moments/pressure\\.', 'model/text/misuse-words\\.')
const standby = under('collect/((intrinsics|thread|settle|hook-probes|tracked/scopes)\\.|standby/|taps/(?!openings|closings)|stacks/(stack|scripts|callers)\\.|snapshot/kernel\\.)')
// What each test of an adapter asks for.
const asked = under('analyze/(blame|compare/(diff|key-index|replaced|scoped))\\.')
// What judges and tells, with what looks at resources where that is done at the end.
const reports = under('(analyze|report)/', 'model/(grouped|text/duration)\\.', 'session/(reports/|output\\.|moments/telling|tests/collector|baseline/(?!baseline-at))', 'adapters/watching/leak-error')
const lookingOnce = under('collect/snapshot/(?!(kernel|attribution|empty)\\.)')

const loaded = new Set(['preload', 'index', 'adapters'])

function partOf(id, name) {
  if (runner.test(id)) return `${name}-${runner.exec(id)[2]}`
  if (name !== 'index' && options.test(id)) return `${name}-options`
  if (name === 'adapters' && asked.test(id)) return `${name}-recorder`
  if (reports.test(id) || (name === 'preload' && lookingOnce.test(id))) return `${name}-reports`
  return recorder.test(id) && !standby.test(id) ? `${name}-recorder` : name
}

for (const { input, name, format } of [
  { input: 'session/preload.js', name: 'preload', format: 'cjs' },
  { input: 'index.js', name: 'index', format: 'cjs' },
  { input: 'adapters/runners.js', name: 'adapters', format: 'cjs' },
  { input: 'register.js', name: 'register', format: 'es' },
  // Before Node 24.9 Jest can't require a module: what tests of CommonJS import there has to be a script.
  { input: 'main.js', name: 'main', format: 'cjs' },
  { input: 'adapters/jest.js', name: 'adapters/jest', format: 'cjs' },
  ...['jest', 'mocha', 'node-test', 'tap', 'vitest'].map(runner => ({ input: `adapters/${runner}.js`, name: `adapters/${runner}`, format: 'es' })),
  { input: 'main.js', name: 'main', format: 'es' },
  { input: 'noop.js', name: 'noop', format: 'es' },
]) {
  const bundle = await rollup({
    input: { [name]: dist + input }, external: [/^node:/, 'vitest'], plugins: [mapped, addressed(loaded.has(name)), inAscii], preserveEntrySignatures: 'allow-extension',
  })
  // Without a word of its own a file would not show that it is a module.
  const footer = name === 'register' ? 'export {}' : ''
  const extension = format === 'cjs' ? 'cjs' : 'js'
  await bundle.write({
    dir: dist, format, footer, exports: 'named', sourcemap: true, sourcemapExcludeSources: true, externalLiveBindings: false, hoistTransitiveImports: false,
    entryFileNames: `[name].${extension}`, chunkFileNames: `[name].${extension}`, manualChunks: id => partOf(id, name),
  })
  await bundle.close()
}
