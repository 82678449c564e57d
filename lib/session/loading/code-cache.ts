// What V8 compiled of our files is kept beside them, from one process to the next: to compile it anew is a fifth to a third of what a start costs.
import type { Script } from 'node:vm'
import { type OwnFile, ownFiles, type ReadOwn } from './own-files.ts'

/** A script of ours that was run in this thread, and the file that keeps what V8 made of it. */
export interface OwnScript {
  readonly script: Script
  readonly cached: string
  /** Whether V8 had to compile it, and nothing was kept since. */
  isDue: boolean
}

const brand = Symbol.for('leakwatch.scripts')
// A V8 that runs with other flags refuses what is kept, and keeps its own instead: processes that take turns do so once a day.
const dayMs = 24 * 60 * 60 * 1000

/** Those of a thread. */
interface OwnScripts extends Array<OwnScript> {
  /**
   * Of the first copy in the thread: for those that come later the functions of node:fs are tapped, and what they read for themselves would be
   * recorded at the line of the program that had them do it.
   */
  read?: ReadOwn
}

type Holder = { [brand]?: OwnScripts }

/** The scripts of which something may be kept. */
export function ownScripts(): OwnScripts {
  return (process as Holder)[brand] ?? []
}

/** What such a file is: a function that fills its exports, with a `process` of its own where it runs on while the program may replace the global one. */
type Define = (exports: object, require: unknown, url: string, path: string, own: NodeJS.Process) => void

/**
 * Reads a file of ours at once. What it returns runs it, and returns the exports that it was given.
 *
 * @param require What the file is handed to ask for others with
 */
export type Prepare = (name: string, require: unknown) => <T extends object>(exports: T) => T

/**
 * What prepares the files of a folder, with what was kept of them where there is such. What it calls of Node it takes now: by
 * the time that a file is run, the program may have put others in its place.
 *
 * @param folder Of the files, with a slash at its end
 * @param root The same as a URL
 */
export function preparer(builtin: typeof process.getBuiltinModule, folder: string, root: string): Prepare {
  const { process: own } = globalThis
  const { statSync } = builtin('node:fs')
  const { Script } = builtin('node:vm')
  const { compare, subarray, toString } = Buffer.prototype
  const { apply } = Reflect
  const { now } = Date
  const { runInThisContext } = Script.prototype
  const cache = cacheIn(folder)
  const scripts = ownScripts()
  const read = scripts.read ??= ownFiles(builtin)
  // Now, before the program can freeze `process`; where it did, nothing is kept.
  Reflect.defineProperty(own, brand, { value: scripts })

  const find = (name: string, builtAtMs: number): OwnFile | null => {
    try {
      // Asked first: an error costs more than the answer.
      if (statSync(cache + name, { throwIfNoEntry: false }) === undefined) return null
      const { bytes, changedAtMs } = read(cache + name)
      const half = bytes.length >> 1
      // It holds the code twice: V8 does not look whether it is sound, and ends the process over what is not.
      const isSound = half > 0 && bytes.length === 2 * half && apply(compare, bytes, [bytes, half, 2 * half, 0, half]) === 0
      return isSound && changedAtMs >= builtAtMs ? { bytes: apply(subarray, bytes, [0, half]) as Buffer, changedAtMs } : null
    } catch {
      return null
    }
  }

  return (name, require) => {
    const filename = folder + name
    const { bytes, changedAtMs } = read(filename)
    return exports => {
      const found = cache === null ? null : find(name, changedAtMs)
      // As bytes until now, since texts of that size bring on the collector.
      const script = new Script(apply(toString, bytes, ['latin1']) as string, found === null ? { filename } : { filename, cachedData: found.bytes })
      const isRefused = script.cachedDataRejected === true
      const isDue = found === null || (isRefused && now() - found.changedAtMs > dayMs)
      if (cache !== null && (isDue || !isRefused)) scripts[scripts.length] = { script, cached: cache + name, isDue }
      const define = apply(runInThisContext, script, []) as Define
      define(exports, require, root + name, filename, own)
      return exports
    }
  }
}

// Null where Node is told to keep none, and where V8 counts what is called: it does so less exactly with kept code.
function cacheIn(folder: string): string | null {
  const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
  if (NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE) return null
  return `${folder}../.cache/${process.version}-${process.platform}-${process.arch}/`
}
