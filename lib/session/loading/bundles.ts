// What loads the rest: run as a script of its own by whatever is entered, see load.ts.
import { ownFolder, ownRoot } from '../../collect/stacks/own.ts'
import { runner } from './code-cache.ts'
import type { ReadOwn } from './own-files.ts'

export type Bundle = 'adapters.cjs' | 'index.cjs' | 'preload.cjs'
/** What a bundle is: a function that fills its exports, with a `process` of its own where it runs on while the program may replace the global one. */
export type Define = (exports: object, require: (id: string) => unknown, url: string, path: string, own?: NodeJS.Process) => void
/** What was loaded, by URL. */
export type Parts = Record<string, object>

/**
 * Runs one of the CommonJS bundles and returns what it exports. Not by Node's loader, which takes longer.
 *
 * What a bundle has in a file of its own is read at once and run when it is first needed: by then the program may have put another fs
 * in place, or used up every descriptor.
 */
export function load(bundle: Bundle, parts: Parts, read: ReadOwn): object {
  const root = ownRoot()
  // The program may put another in its place.
  const { process } = globalThis
  const builtin = process.getBuiltinModule
  const { apply } = Reflect
  const { slice } = String.prototype
  const { toString } = Buffer.prototype
  const folder = ownFolder()
  const run = runner(builtin, folder, read)
  const prepare = (name: string): <T extends object>(exports: T) => T => {
    const path = folder + name
    const { bytes, changedAtMs } = read(path)
    return exports => {
      // As bytes until now, since texts of that size bring on the collector.
      const define = run(name, apply(toString, bytes, ['latin1']) as string, changedAtMs) as Define
      define(exports, id => id[0] === '.' ? part(apply(slice, id, ['./'.length]) as string) : builtin(id), root + name, path, process)
      return exports
    }
  }
  // The bundle itself is there by the time that a part of it asks.
  const part = (name: string): object => parts[root + name] ??= deferred(prepare(name))
  try {
    return prepare(bundle)(parts[root + bundle] = {})
  } catch (error) {
    delete parts[root + bundle]
    throw error
  }
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
