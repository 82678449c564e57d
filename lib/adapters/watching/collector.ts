import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collector: (() => void) | null = null

/** Runs the garbage collector, and lets Node act upon what it has found. */
export async function collectGarbage(): Promise<void> {
  collector ??= globalThis.gc ?? exposed()
  collector()
  await setImmediate()
}

// The flag shows in contexts that are made after it.
function exposed(): () => void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return gc
}
