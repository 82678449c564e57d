import { LeakwatchError } from '../model/errors.ts'

type Bundle = 'index.cjs' | 'preload.cjs'

/**
 * What one of the CommonJS bundles exports, which lie in the folder above rooms. A module can't leave out what it imports, and a
 * top-level await would take `require` from the program: what must not be loaded when leakwatch is off is required. By Node's own
 * loader, also where a test runner has put another `require` in its place, and without a trace in `require.cache`.
 *
 * @param from URL of a module in that folder
 * @throws {LeakwatchError} ERR_LEAKWATCH_RUNTIME in a Node that is too old to be watched.
 */
export function load(bundle: Bundle, from: string): unknown {
  const require = requireFrom(from)
  const path = require.resolve(`./${bundle}`)
  try {
    return require(path)
  } finally {
    delete require.cache[path]
  }
}

/** As `load`, the same for whoever asks in this thread. */
export function loadOnce(bundle: Bundle, from: string): unknown {
  return requireFrom(from)(`./${bundle}`)
}

function requireFrom(from: string): NodeJS.Require {
  // Not imported: that alone would load modules of Node which a program in which leakwatch is off can see.
  const module = (process as Partial<NodeJS.Process>).getBuiltinModule?.('node:module')
  if (module === undefined) throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', `Node ${process.versions.node} is not supported: leakwatch needs Node 20.19 or later.`)
  return module.createRequire(from)
}
