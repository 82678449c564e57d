import { ownFolder, ownRoot } from '../../collect/stacks/own.ts'
import { LeakwatchError } from '../../model/errors.ts'
import { preparer } from './code-cache.ts'
import type { Loading, Parts } from './parts.ts'

const brand = Symbol.for('leakwatch.loaded')
// Of this copy alone, where the program has locked `process`.
const own = none()

type Bundle = 'adapters.cjs' | 'index.cjs' | 'preload.cjs'

/**
 * Runs one of the CommonJS bundles and returns what it exports. A module can't leave out what it imports, and a top-level await would
 * take `require` from the program: what must not be loaded when leakwatch is off is run from here. Not by Node's own loader, which takes
 * longer, would leave a trace in `require.cache`, and may be another's in a test runner.
 * @throws {LeakwatchError} ERR_LEAKWATCH_RUNTIME in a Node that is too old to be watched.
 */
export function load(bundle: Bundle, parts = none()): object {
  return parts[ownRoot() + bundle] ?? loaded(bundle, parts)
}

/** As `load`, the same for whoever asks in this thread. */
export function loadOnce(bundle: Bundle): object {
  const holder = process as { [brand]?: Parts }
  // Runners load the modules of tests anew for each file, each copy of the package from where it lies.
  if (holder[brand] === undefined) Reflect.defineProperty(process, brand, { value: own })
  return load(bundle, holder[brand] ?? own)
}

// No methods: the program may have replaced those of a Map by the time that a part asks for another.
function none(): Parts {
  return { __proto__: null! }
}

function loaded(bundle: Bundle, parts: Parts): object {
  const builtin = builtins()
  const root = ownRoot()
  const prepare = preparer(builtin, ownFolder(), root)
  const url = root + bundle
  try {
    return prepare(bundle, { builtin, prepare, parts, root } satisfies Loading)(parts[url] = {})
  } catch (error) {
    delete parts[url]
    throw error
  }
}

// Not imported: that alone would load modules of Node which a program in which leakwatch is off can see.
function builtins(): typeof process.getBuiltinModule {
  const { getBuiltinModule } = process as Partial<NodeJS.Process>
  if (getBuiltinModule === undefined) throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', `Node ${process.versions.node} is not supported: leakwatch needs Node 20.19 or later.`)
  return getBuiltinModule
}
