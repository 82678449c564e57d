import { LeakwatchError } from '../model/errors.ts'
import { ownRoot } from '../model/path.ts'

const brand = Symbol.for('leakwatch.loaded')

type Bundle = 'adapters.cjs' | 'index.cjs' | 'preload.cjs'
type Run = (exports: object, require: (id: string) => unknown, url: string) => void

/**
 * Runs one of the CommonJS bundles and returns what it exports. A module can't leave out what it imports, and a top-level await would
 * take `require` from the program: what must not be loaded when leakwatch is off is run from here. Not by Node's loader, which takes
 * longer, leaves a trace in `require.cache`, and may be another's in a test runner.
 *
 * What a bundle has in a file of its own is read at once and run when it is first needed: by then the program may have put another fs
 * in place, or used up every descriptor.
 * @throws {LeakwatchError} ERR_LEAKWATCH_RUNTIME in a Node that is too old to be watched.
 */
export function load(bundle: Bundle): object {
  const builtin = builtins()
  const { readFileSync } = builtin('node:fs')
  const { fileURLToPath } = builtin('node:url')
  const { compileFunction } = builtin('node:vm')
  const { apply } = Reflect
  // No methods: the program may have replaced those of a Map by the time that a part asks for another.
  const parts: Record<string, object> = { __proto__: null! }
  const prepare = (name: string): <T extends object>(exports: T) => T => {
    const url = ownRoot() + name
    const path = fileURLToPath(url)
    // Bytes, since texts of that size bring on the collector.
    const bytes = readFileSync(path)
    const { toString } = bytes
    return exports => {
      const run = compileFunction(apply(toString, bytes, ['latin1']), ['exports', 'require', '__url'], { filename: path }) as Run
      run(exports, id => id[0] === '.' ? part(id) : builtin(id), url)
      return exports
    }
  }
  const part = (id: string): object => parts[id] ??= deferred(prepare(id.slice('./'.length)))
  const exports = {}
  parts[`./${bundle}`] = exports
  return prepare(bundle)(exports)
}

/** As `load`, the same for whoever asks in this thread. */
export function loadOnce(bundle: Bundle): object {
  const holder = process as { [brand]?: Record<string, object> }
  // Runners load the modules of tests anew for each file, each copy of the package from where it lies.
  if (holder[brand] === undefined) Object.defineProperty(process, brand, { value: {} })
  return holder[brand]![ownRoot() + bundle] ??= load(bundle)
}

/** An object that is filled when it is first asked for something. Where that fails, the next to ask tries again. */
function deferred(fill: ((exports: object) => object) | null): object {
  let made: object | null = null
  const filled = (): object => {
    made = fill!({})
    // With the bytes that it was made from.
    fill = null
    return made
  }
  return new Proxy({}, { get: (_target, name) => (made ?? filled())[name as keyof object] })
}

// Not imported: that alone would load modules of Node which a program in which leakwatch is off can see.
function builtins(): typeof process.getBuiltinModule {
  const { getBuiltinModule } = process as Partial<NodeJS.Process>
  if (getBuiltinModule === undefined) throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', `Node ${process.versions.node} is not supported: leakwatch needs Node 20.19 or later.`)
  return getBuiltinModule
}
