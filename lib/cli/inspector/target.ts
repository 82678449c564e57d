// What is run in the process that is attached to. It is sent as text: nothing from outside of a function may be named in it. No module of Node is loaded by
// it: node:inspector would put another `process.chdir` in the place of the program's.
import type { WatchOptions } from '../../model/settings/settings.ts'
import type { Watch } from '../../session/watch.ts'

/** What is kept in the process while it is attached to. */
export interface Attached {
  readonly pid: number
  /** Whether it was recorded before. */
  readonly isShared: boolean
  readonly ageMs: number
  readonly watch: Watch
  /** Ends the watch, should nobody come back for it. */
  readonly timer: NodeJS.Timeout
  /** What was asked for last, as JSON; null until it is there. */
  taken: { readonly json: string } | { readonly error: string } | null
}

/** What is handed to `beginWatch`. */
export interface Beginning {
  /** Path of the folder of our own entries. */
  readonly folder: string
  readonly options: WatchOptions
  /** What has been open for less than that is not told. */
  readonly ageMs: number
  /** The process that is meant, by its own pid; null for whichever answers. */
  readonly pid: number | null
  /** Whether the inspector was opened for us, and is to be closed when nobody comes back. */
  readonly isOpened: boolean
  /** How long it is recorded where nobody renews that, in milliseconds. */
  readonly limitMs: number
}

/** Begins a watch, by the copy of leakwatch that records the process already, if there is one. */
export function beginWatch({ folder, options, ageMs, pid, isOpened, limitMs }: Beginning): Attached {
  if (pid !== null && pid !== process.pid) throw new Error(`process ${process.pid} answers in its place`)
  if (process.getBuiltinModule === undefined) throw new Error(`Node ${process.version} is not supported: leakwatch needs Node 20.19 or later`)
  if (process.env.LEAKWATCH?.trim() === 'off') throw new Error('it runs with LEAKWATCH=off')
  const { createRequire } = process.getBuiltinModule('node:module')
  const found = (process as unknown as { readonly [key: symbol]: { readonly from: string } | undefined })[Symbol.for('leakwatch.recording')]
  const from = found === undefined ? folder : found.from.slice(0, found.from.lastIndexOf('/') + 1)
  const load = createRequire(from)
  const { watch } = load('./main.cjs') as { watch(options: WatchOptions): Watch }
  let begun: Watch | null = null
  const timer = setTimeout(() => {
    begun?.stop()
    // Undocumented: where it is gone, the inspector stays open.
    if (isOpened) (process as { _debugEnd?(): void })._debugEnd?.()
  }, limitMs)
  timer.unref()
  begun = watch(options)
  return { pid: process.pid, isShared: found !== undefined, ageMs, watch: begun, timer, taken: null }
}

export function facts(this: Attached): { readonly pid: number, readonly isShared: boolean } {
  return { pid: this.pid, isShared: this.isShared }
}

// Both in a turn of their own: the inspector may interrupt a call of the program whose descriptor nobody has noted yet. What they come to is asked for until
// it is there: a promise that the inspector waits for may be collected before it is settled. As one text: V8 takes ten times as long for an object.

export function takeSnapshot(this: Attached): undefined {
  setImmediate(() => {
    try {
      this.taken = { json: JSON.stringify(this.watch.snapshot()) }
    } catch (error) {
      this.taken = { error: String(error) }
    }
  })
}

/** Made where the code is: what it was compiled from in memory is known nowhere else. What was recorded before is told as well. */
export function makeReport(this: Attached): undefined {
  setImmediate(async () => {
    try {
      const nothing = { ...this.watch.snapshot(), resources: [], closing: [], misuses: [], sampled: { captured: 0, skipped: 0 } }
      const found = await this.watch.check(this.isShared ? { since: nothing } : {})
      if (found.leaks.every(({ count, resources }) => count === resources.length)) {
        this.taken = { json: JSON.stringify(found) }
        return
      }
      // Of more the oldest alone are listed. How many of the others are young is found by leaving those out.
      const now = this.watch.snapshot()
      const young = now.resources.filter(({ openedAtMs }) => now.takenAtMs - openedAtMs < this.ageMs)
      const { leaks } = await this.watch.check({ since: { ...nothing, resources: young } })
      this.taken = { json: JSON.stringify({ ...found, leaks }) }
    } catch (error) {
      this.taken = { error: String(error) }
    }
  })
}

/** What was asked for, once it is there. That somebody waits for it renews the watch. */
export function takenOf(this: Attached): Attached['taken'] {
  this.timer.refresh()
  return this.taken
}

export function endWatch(this: Attached): undefined {
  clearTimeout(this.timer)
  this.watch.stop()
}

/** Once the call was answered: closing waits for whoever is connected. */
export function closeInspector(): object {
  return setTimeout(() => (process as { _debugEnd?(): void })._debugEnd?.(), 100).unref()
}
