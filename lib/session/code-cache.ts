// What V8 compiled of our files is kept beside them, from one process to the next: to compile it anew is a fifth to a third of what a start costs.
import type { Script } from 'node:vm'

/** A script of ours that was run in this thread, and the file that keeps what V8 made of it. */
export interface OwnScript {
  readonly script: Script
  readonly cached: string
  /** Whether V8 had to compile it, and nothing was kept since. */
  isDue: boolean
}

interface Found {
  readonly code: Buffer
  readonly keptAtMs: number
}

const brand = Symbol.for('leakwatch.scripts')
// A V8 that runs with other flags refuses what is kept, and keeps its own instead: processes that take turns do so once a day.
const dayMs = 24 * 60 * 60 * 1000

type Holder = { [brand]?: OwnScript[] }

/** The scripts of which something may be kept. */
export function ownScripts(): OwnScript[] {
  return (process as Holder)[brand] ?? []
}

/**
 * What runs the files of a folder, with what was kept of them where there is such. What it calls of Node it takes now: by
 * the time that a file is run, the program may have put others in its place.
 *
 * @param folder Of the files, with a slash at its end
 */
export function runner(builtin: typeof process.getBuiltinModule, folder: string): (name: string, text: string) => unknown {
  const { closeSync, fstatSync, openSync, readSync, statSync } = builtin('node:fs')
  const { Script } = builtin('node:vm')
  const { alloc, compare } = Buffer
  const { apply } = Reflect
  const { runInThisContext } = Script.prototype
  const cache = cacheIn(folder)
  const scripts = ownScripts()
  // Now, before the program can freeze `process`; where it did, nothing is kept.
  Reflect.defineProperty(process, brand, { value: scripts })

  // Not readFileSync, which calls functions of node:fs by what the program has put there.
  const read = (fd: number, builtAtMs: number): Found | null => {
    const { mtimeMs: keptAtMs, size } = fstatSync(fd)
    if (keptAtMs < builtAtMs || size === 0 || size % 2 !== 0) return null
    // It holds the code twice: V8 does not look whether it is sound, and ends the process over what is not.
    const [code, again] = [alloc(size / 2), alloc(size / 2)]
    for (const half of [code, again]) if (readSync(fd, half, 0, half.length, null) !== half.length) return null
    const isSound = compare(code, again) === 0
    giveBack(again)
    return isSound ? { code, keptAtMs } : null
  }
  const find = (name: string): Found | null => {
    try {
      const { mtimeMs } = statSync(folder + name)
      if (statSync(cache + name, { throwIfNoEntry: false }) === undefined) return null
      const fd = openSync(cache + name, 'r')
      try {
        return read(fd, mtimeMs)
      } finally {
        closeSync(fd)
      }
    } catch {
      return null
    }
  }

  return (name, text) => {
    const found = cache === null ? null : find(name)
    const script = new Script(text, { filename: folder + name, ...found === null ? {} : { cachedData: found.code } })
    const isRefused = script.cachedDataRejected === true
    const isDue = found === null || (isRefused && Date.now() - found.keptAtMs > dayMs)
    if (found !== null) giveBack(found.code)
    if (cache !== null && (isDue || !isRefused)) scripts[scripts.length] = { script, cached: cache + name, isDue }
    return apply(runInThisContext, script, [])
  }
}

// At once, where that can be done (from 22 on): memory beside its heap brings on V8's collector.
function giveBack({ buffer }: { readonly buffer: ArrayBufferLike & { transfer?(length: number): unknown } }): void {
  buffer.transfer?.(0)
}

// Null where Node is told to keep none, and where V8 counts what is called: it does so less exactly with kept code.
function cacheIn(folder: string): string | null {
  const { NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = process.env
  if (NODE_DISABLE_COMPILE_CACHE || NODE_V8_COVERAGE) return null
  return `${folder}../.cache/${process.version}-${process.platform}-${process.arch}/`
}
