import { ownFolder, ownRoot } from '../../collect/stacks/own.ts'
import { LeakwatchError } from '../../model/errors.ts'
import { runner } from './code-cache.ts'
import { ownFiles } from './own-files.ts'

const brand = Symbol.for('leakwatch.loaded')

type Runner = 'jest' | 'mocha' | 'node-test' | 'tap' | 'vitest'
type Bundle = 'adapters.cjs' | `adapters-${Runner}.cjs` | 'index.cjs' | 'preload.cjs'
/** What a bundle is: a function that fills its exports. */
type Define = (exports: object, require: (id: string) => unknown, url: string, path: string) => void
type Parts = Record<string, object>

/**
 * Runs one of the CommonJS bundles and returns what it exports. A module can't leave out what it imports, and a top-level await would
 * take `require` from the program: what must not be loaded when leakwatch is off is run from here. Not by Node's loader, which takes
 * longer, leaves a trace in `require.cache`, and may be another's in a test runner.
 *
 * What a bundle has in a file of its own is read at once and run when it is first needed: by then the program may have put another fs
 * in place, or used up every descriptor.
 * @throws {LeakwatchError} ERR_LEAKWATCH_RUNTIME in a Node that is too old to be watched.
 */
export function load(bundle: Bundle, parts = none()): object {
  const root = ownRoot()
  const found = parts[root + bundle]
  if (found !== undefined) return found
  const builtin = builtins()
  const { apply } = Reflect
  const { slice } = String.prototype
  const { toString } = Buffer.prototype
  const folder = ownFolder()
  const read = ownFiles(builtin)
  const run = runner(builtin, folder, read)
  const prepare = (name: string): <T extends object>(exports: T) => T => {
    const path = folder + name
    const { bytes, changedAtMs } = read(path)
    return exports => {
      // As bytes until now, since texts of that size bring on the collector.
      const define = run(name, apply(toString, bytes, ['latin1']) as string, changedAtMs) as Define
      define(exports, id => id[0] === '.' ? part(apply(slice, id, ['./'.length]) as string) : builtin(id), root + name, path)
      return exports
    }
  }
  const part = (name: string): object => parts[root + name] ??= entries[name] === true ? start(name) : deferred(prepare(name))
  const start = (name: string): object => {
    try {
      return prepare(name)(parts[root + name] = {})
    } catch (error) {
      delete parts[root + name]
      throw error
    }
  }
  return start(bundle)
}

/** As `load`, the same for whoever asks in this thread. */
export function loadOnce(bundle: Bundle): object {
  const holder = process as { [brand]?: Parts }
  // Runners load the modules of tests anew for each file, each copy of the package from where it lies.
  if (holder[brand] === undefined) Object.defineProperty(process, brand, { value: none() })
  return load(bundle, holder[brand])
}

// Needed from the start by what runs.
const entries: Readonly<Record<string, true>> = { 'adapters.cjs': true, 'index.cjs': true, 'preload.cjs': true }

// No methods: the program may have replaced those of a Map by the time that a part asks for another.
function none(): Parts {
  return { __proto__: null! }
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
