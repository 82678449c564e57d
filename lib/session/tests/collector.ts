import { runInNewContext } from 'node:vm'
import { turn } from '../../collect/settle.ts'
import { getBuiltinModule } from '../../collect/taps/untapped.ts'
import type { Report } from '../../model/report.ts'
import { factsOf } from '../../model/type-table.ts'

let collector: (() => void) | null = null

/** Runs the garbage collector. */
export function collect(): void {
  collector ??= globalThis.gc ?? exposed()
  collector()
}

/** Runs the garbage collector, and lets Node act upon what it has found. */
export async function collectGarbage(): Promise<void> {
  collect()
  await turn()
}

/**
 * Whether there may be requests among the leaks that Node has refused. Of many it looks at the arguments when they are made already, and
 * nothing but the collector, of which they are at once, tells those from requests in flight. It is not to be run where it would take
 * a FileHandle, since Node 25 and later end the process for that.
 */
export function mayBeRefused({ leaks }: Report): boolean {
  return leaks.some(({ type }) => factsOf(type)?.nature === 'request') && !leaks.some(({ type }) => type === 'FILEHANDLE')
}

// The flag shows in contexts that are made after it. Few need it: node:v8 is not loaded for the others.
function exposed(): () => void {
  const { setFlagsFromString } = getBuiltinModule('node:v8')
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  return gc
}
