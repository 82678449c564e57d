import { ownFolder, ownRoot } from '../../collect/stacks/own.ts'
import { LeakwatchError } from '../../model/errors.ts'
import { runner } from './code-cache.ts'
import { type OwnFile, ownFiles } from './own-files.ts'

const brand = Symbol.for('leakwatch.loaded')

type Runner = 'jest' | 'mocha' | 'node-test' | 'tap' | 'vitest'
type Bundle = 'adapters.cjs' | `adapters-${Runner}.cjs` | 'index.cjs' | 'preload.cjs'
/** What a bundle is: a function that fills its exports. */
type Define = (exports: object, require: (id: string) => unknown, url: string, path: string) => void

/**
 * Runs one of the CommonJS bundles and returns what it exports. A module can't leave out what it imports, and a top-level await would
 * take `require` from the program: what must not be loaded when leakwatch is off is run from here. Not by Node's loader, which takes
 * longer, leaves a trace in `require.cache`, and may be another's in a test runner.
 *
 * What a bundle has in files of its own is run when it is first needed. All of them are read with the first: by the time of the others the
 * program may have put another fs in place, or used up every descriptor.
 * @throws {LeakwatchError} ERR_LEAKWATCH_RUNTIME in a Node that is too old to be watched.
 */
export function load(bundle: Bundle, parts = none<object>()): object {
  const root = ownRoot()
  const found = parts[root + bundle]
  if (found !== undefined) return found
  const builtin = builtins()
  const { apply } = Reflect
  const { indexOf, slice } = String.prototype
  const { toString } = Buffer.prototype
  const folder = ownFolder()
  const files = ownFiles(builtin)
  const run = runner(builtin, folder, files)
  // By name; null until they are read.
  const waiting = none<OwnFile | null>()
  let build: string | null = null

  const fill = (name: string, { bytes, changedAtMs }: OwnFile, exports: object): object => {
    // As bytes until now, since texts of that size bring on the collector.
    const text = apply(toString, bytes, ['latin1']) as string
    // The package may have been replaced by another build while the process ran.
    const itsBuild = apply(slice, text, [0, apply(indexOf, text, [';'])]) as string
    if (itsBuild !== (build ??= itsBuild)) throw new Error(`${folder + name} is of another build than what runs.`)
    const define = run(name, text, changedAtMs) as Define
    define(exports, id => id[0] === '.' ? part(apply(slice, id, ['./'.length]) as string) : builtin(id), root + name, folder + name)
    return exports
  }
  const start = (name: string): object => {
    try {
      return fill(name, files.read(folder + name), parts[root + name] = {})
    } catch (error) {
      delete parts[root + name]
      throw error
    }
  }
  const wait = (name: string): object => {
    waiting[name] = null
    return deferred(() => {
      for (const other in waiting) waiting[other] ??= files.read(folder + other)
      const exports = fill(name, waiting[name]!, {})
      delete waiting[name]
      return exports
    })
  }
  const part = (name: string): object => parts[root + name] ??= entries[name] === true ? start(name) : wait(name)
  return start(bundle)
}

/** As `load`, the same for whoever asks in this thread. */
export function loadOnce(bundle: Bundle): object {
  const holder = process as { [brand]?: Record<string, object> }
  // Runners load the modules of tests anew for each file, each copy of the package from where it lies.
  if (holder[brand] === undefined) Object.defineProperty(process, brand, { value: none<object>() })
  return load(bundle, holder[brand])
}

// Needed from the start by what runs.
const entries: Readonly<Record<string, true>> = { 'adapters.cjs': true, 'index.cjs': true, 'preload.cjs': true }

// No methods: the program may have replaced those of a Map by the time that a part asks for another.
function none<T>(): Record<string, T> {
  return { __proto__: null! }
}

/** An object that is made when it is first asked for something. Where that fails, the next to ask tries again. */
function deferred(make: () => object): object {
  let made: object | null = null
  return new Proxy({}, { get: (_target, name) => (made ??= make())[name as keyof object] })
}

// Not imported: that alone would load modules of Node which a program in which leakwatch is off can see.
function builtins(): typeof process.getBuiltinModule {
  const { getBuiltinModule } = process as Partial<NodeJS.Process>
  if (getBuiltinModule === undefined) throw new LeakwatchError('ERR_LEAKWATCH_RUNTIME', `Node ${process.versions.node} is not supported: leakwatch needs Node 20.19 or later.`)
  return getBuiltinModule
}
