// What is run in the process that is attached to. It is sent as text: nothing from outside of a function may be named in it.
import type { Report } from '../../model/report.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import type { WatchOptions } from '../../model/settings/settings.ts'
import type { Watch } from '../../session/watch.ts'

/** What is kept in the process while it is attached to. */
export interface Attached {
  readonly pid: number
  /** Whether it was recorded before. */
  readonly isShared: boolean
  readonly watch: Watch
  readonly timer: NodeJS.Timeout
  /** What was asked for last; null until it is there. */
  taken: { readonly value: Report | Snapshot } | { readonly error: string } | null
}

/**
 * Begins a watch, by the copy of leakwatch that records the process already, if there is one. It ends by itself, whatever becomes of who began it.
 *
 * @param folder Path of the folder of our own entries
 * @param isOpened Whether the inspector was opened for us, and is to be closed then, too
 */
export function beginWatch(folder: string, options: WatchOptions, limitMs: number, isOpened: boolean): Attached {
  if (process.getBuiltinModule === undefined) throw new Error(`Node ${process.version} is not supported: leakwatch needs Node 20.19 or later.`)
  if (process.env.LEAKWATCH?.trim() === 'off') throw new Error('it runs with LEAKWATCH=off.')
  const { createRequire } = process.getBuiltinModule('node:module')
  const found = (process as unknown as { readonly [key: symbol]: { readonly from: string } | undefined })[Symbol.for('leakwatch.recording')]
  const from = found === undefined ? folder : found.from.slice(0, found.from.lastIndexOf('/') + 1)
  const load = createRequire(from)
  const { watch } = load('./main.cjs') as { watch(options: WatchOptions): Watch }
  const begun = watch(options)
  const timer = setTimeout(() => {
    begun.stop()
    if (isOpened) process.getBuiltinModule('node:inspector').close()
  }, limitMs)
  timer.unref()
  return { pid: process.pid, isShared: found !== undefined, watch: begun, timer, taken: null }
}

export function facts(this: Attached): { readonly pid: number, readonly isShared: boolean } {
  return { pid: this.pid, isShared: this.isShared }
}

// Both in a turn of their own: the inspector may interrupt a call of the program whose descriptor nobody has noted yet. What they come to is asked for until
// it is there: a promise that the inspector waits for may be collected before it is settled.

export function takeSnapshot(this: Attached): undefined {
  setImmediate(() => {
    try {
      this.taken = { value: this.watch.snapshot() }
    } catch (error) {
      this.taken = { error: String(error) }
    }
  })
}

/** Made where the code is: what it was compiled from in memory is known nowhere else. What was recorded before is told as well. */
export function makeReport(this: Attached): undefined {
  setImmediate(async () => {
    try {
      const nothing = { ...this.watch.snapshot(), resources: [], closing: [], misuses: [] }
      this.taken = { value: await this.watch.check(this.isShared ? { since: nothing } : {}) }
    } catch (error) {
      this.taken = { error: String(error) }
    }
  })
}

export function takenOf(this: Attached): Attached['taken'] {
  return this.taken
}

export function endWatch(this: Attached): undefined {
  clearTimeout(this.timer)
  this.watch.stop()
}

/** Once the call was answered: closing waits for whoever is connected. */
export function closeInspector(): object {
  return setTimeout(() => process.getBuiltinModule('node:inspector').close(), 100).unref()
}
