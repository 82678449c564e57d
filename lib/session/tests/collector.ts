import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Report } from '../../model/report.ts'
import { types } from '../../model/resource.ts'

let collector: (() => void) | null = null

/** Runs the garbage collector. */
export function collect(): void {
  collector ??= globalThis.gc ?? exposed()
  collector()
}

/** Runs the garbage collector, and lets Node act upon what it has found. */
export async function collectGarbage(): Promise<void> {
  collect()
  await setImmediate()
}

/**
 * Whether there may be requests among the leaks that Node has refused. Of many it looks at the arguments when they are made already, and
 * nothing but the collector, of which they are at once, tells those from requests in flight. It is not to be run where it would take
 * a FileHandle, since Node 25 and later end the process for that.
 */
export function mayBeRefused({ leaks }: Report): boolean {
  return leaks.some(({ type }) => types.get(type)?.nature === 'request') && !leaks.some(({ type }) => type === 'FILEHANDLE')
}

// The flag shows in contexts that are made after it.
function exposed(): () => void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return gc
}
