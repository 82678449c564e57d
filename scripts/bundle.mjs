// Puts register and all that it imports into the one file that is preloaded: loading sixty modules is most of the start-up.
// Sources stay mapped; source-map-support stays outside, loaded when a report needs it.
import { rollup } from '@rollup/wasm-node'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../dist/lib/register.js', import.meta.url))

// The maps of tsc, so that the bundle's map leads to the sources.
const mapped = {
  name: 'mapped',
  load: id => ({ code: readFileSync(id, 'utf8'), map: readFileSync(`${id}.map`, 'utf8') }),
}

const bundle = await rollup({ input: entry, external: /^node:/, plugins: [mapped], treeshake: false })
await bundle.write({ file: entry, format: 'es', sourcemap: true, sourcemapExcludeSources: true })
await bundle.close()
