// Puts each entry into few files, since loading sixty modules is most of the start-up: the preload and the API are CommonJS, which
// lib/session/load.ts runs unless they are off. What judges and tells lies in a file of its own, run when there is something to tell.
// Sources stay mapped; source-map-support stays outside, loaded when a report needs it.
import { rollup } from '@rollup/wasm-node'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/lib/', import.meta.url))

// The maps of tsc, so that the bundle's map leads to the sources.
const mapped = {
  name: 'mapped',
  load: id => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
  // Rollup's own way asks for a `document` first, which a program may have made.
  resolveImportMeta: (_property, { format }) => format === 'cjs' ? "require('node:url').pathToFileURL(__filename).href" : null,
}

// One character beyond Latin-1, be it in a comment, makes V8 read the whole file as two bytes a character, which takes a fifth longer.
const ofOneByte = {
  name: 'of-one-byte',
  renderChunk: code => ({ code: code.replace(/[^\0-\xff]/g, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`), map: null }),
}

// What judges and tells; without what every test of an adapter asks for, and with what looks at resources where that is done at the end.
const telling = /\/dist\/lib\/(analyze|report|session\/(baseline|reports))\/(?!baseline-at)/
const lookingOnce = /\/dist\/lib\/collect\/snapshot\/(?!kernel|attribution)/
const askedEachTest = /\/dist\/lib\/analyze\/(blame|compare\/(diff|key-index|replaced|scoped))\.js$/
const isTelling = (id, name) => name === 'adapters' && askedEachTest.test(id) ? false : telling.test(id) || (name === 'preload' && lookingOnce.test(id))

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
    input: { [name]: dist + input }, external: [/^node:/, 'vitest'], plugins: [mapped, ofOneByte], preserveEntrySignatures: 'allow-extension',
  })
  // Without a word of its own a file would not show that it is a module.
  const footer = name === 'register' ? 'export {}' : ''
  const extension = format === 'cjs' ? 'cjs' : 'js'
  await bundle.write({
    dir: dist, format, footer, exports: 'named', sourcemap: true, sourcemapExcludeSources: true, externalLiveBindings: false, hoistTransitiveImports: false,
    entryFileNames: `[name].${extension}`, chunkFileNames: `[name].${extension}`, manualChunks: id => isTelling(id, name) ? `${name}-reports` : name,
  })
  await bundle.close()
}
