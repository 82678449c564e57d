import module from 'node:module'

/**
 * What one of the CommonJS bundles exports. A module can't leave out what it imports, and a top-level await would take `require`
 * from the program: what must not be loaded when leakwatch is off is required. By Node's own loader, also where a test runner
 * has put another `require` in its place, and without a trace in `require.cache`.
 */
export function load(bundle: 'index.cjs' | 'preload.cjs'): unknown {
  // A Node that is too old to be watched has no getBuiltinModule, and is told so by the preload.
  const { createRequire } = (process as Partial<NodeJS.Process>).getBuiltinModule?.('node:module') ?? module
  const require = createRequire(import.meta.url)
  const path = require.resolve(`./${bundle}`)
  try {
    return require(path)
  } finally {
    delete require.cache[path]
  }
}
