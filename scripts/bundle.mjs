// Puts each entry into one file, since loading sixty modules is most of the start-up: the preload and the API are CommonJS, which
// the entries `register` and `leakwatch` require unless they are off.
// Sources stay mapped; source-map-support stays outside, loaded when a report needs it.
import { rollup } from '@rollup/wasm-node'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const built = name => fileURLToPath(new URL(`../dist/lib/${name}`, import.meta.url))

// The maps of tsc, so that the bundle's map leads to the sources.
const mapped = {
  name: 'mapped',
  load: id => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
  // Rollup's own way asks for a `document` first, which a program may have made.
  resolveImportMeta: (_property, { format }) => format === 'cjs' ? "require('node:url').pathToFileURL(__filename).href" : null,
}

for (const { input, file, format } of [
  { input: 'session/preload.js', file: 'preload.cjs', format: 'cjs' },
  { input: 'bundle.js', file: 'index.cjs', format: 'cjs' },
  { input: 'register.js', file: 'register.js', format: 'es' },
  // Before Node 24.9 Jest can't require a module: what tests of CommonJS import there has to be a script.
  { input: 'main.js', file: 'main.cjs', format: 'cjs' },
  { input: 'adapters/jest.js', file: 'adapters/jest.cjs', format: 'cjs' },
  { input: 'main.js', file: 'main.js', format: 'es' },
  { input: 'noop.js', file: 'noop.js', format: 'es' },
]) {
  const bundle = await rollup({ input: built(input), external: /^node:/, plugins: [mapped], treeshake: false })
  // Without a word of its own a file would not show that it is a module.
  const footer = file === 'register.js' ? 'export {}' : ''
  await bundle.write({ file: built(file), format, footer, exports: 'named', sourcemap: true, sourcemapExcludeSources: true })
  await bundle.close()
}
