import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from '../../collect/taps/untapped.ts'
import { threads } from '../../collect/thread.ts'
import { type OwnScript, ownScripts } from './code-cache.ts'

/**
 * Keeps what V8 made of our files, with all functions that were called until now, for the processes to come. Once one of them had to be
 * compiled, this process has gone further than those before, and all are kept anew. Where the folder of the package can't be written,
 * each process compiles. Never throws.
 */
export function keepCode(): void {
  if (!threads().isMainThread) return
  const scripts = ownScripts()
  // By number: the program may have replaced the methods of arrays.
  let isDue = false
  for (let index = 0; index < scripts.length; index++) isDue ||= scripts[index]!.isDue
  for (let index = 0; isDue && index < scripts.length; index++) keep(scripts[index]!)
}

// Read by others while it is written: it comes into being by a rename.
function keep(own: OwnScript): void {
  const { script, cached } = own
  own.isDue = false
  const draft = `${cached}.${process.pid}`
  try {
    mkdirSync(cached.slice(0, cached.lastIndexOf('/')), { recursive: true })
    const fd = openSync(draft, 'wx')
    try {
      const code = script.createCachedData()
      // Twice, by which the reader knows it from a torn one.
      writeSync(fd, code)
      writeSync(fd, code)
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
