import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from '../collect/taps/untapped.ts'
import { threads } from '../collect/thread.ts'
import { type Compiled, compiledScripts } from './code-cache.ts'

/**
 * Keeps what V8 made of our files, with all functions that were called until now, for the processes to come. Where the folder of the
 * package can't be written, each of them compiles anew. Never throws.
 */
export function keepCode(): void {
  if (!threads().isMainThread) return
  const compiled = compiledScripts()
  for (const each of compiled) keep(each)
  compiled.length = 0
}

// Read by others while it is written: it comes into being by a rename.
function keep({ script, cached }: Compiled): void {
  const draft = `${cached}.${process.pid}`
  try {
    mkdirSync(cached.slice(0, cached.lastIndexOf('/')), { recursive: true })
    const fd = openSync(draft, 'wx')
    try {
      const code = script.createCachedData()
      // Twice, by which the reader knows it from a torn one.
      for (const half of [code, code]) writeSync(fd, half)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, cached)
  } catch {
    remove(draft)
  }
}

function remove(draft: string): void {
  try {
    rmSync(draft, { force: true })
  } catch {
    // It could not be written either.
  }
}
