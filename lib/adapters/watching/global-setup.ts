import type { Snapshot } from '../../model/snapshot.ts'
import { finishAtExit } from './adapter.ts'
import type { FileWatch } from './file-watch.ts'
import { Judging } from './judging.ts'

/**
 * What the global set-up of a runner opens, for its teardown to close when the last file is through: it is no file's, and is judged as
 * the process ends.
 */
export class GlobalSetup {
  readonly #file: FileWatch
  /** Keys of what was open before; null while no set-up runs. */
  #before: ReadonlySet<string> | null = null

  constructor(file: FileWatch) {
    this.#file = file
  }

  begin(): void {
    this.#before = new Set(openIn(this.#file))
  }

  /** The set-up is through, and no test has begun in this process. Does nothing the second time. */
  end(): void {
    const before = this.#before
    if (before === null) return
    this.#before = null
    const { recording, settings } = this.#file
    const keys = new Set(openIn(this.#file).filter(key => !before.has(key)))
    // A process that is judged as a whole is judged for them too.
    if (keys.size === 0 || settings.tests.per === 'process') return
    this.#file.judging?.setAside(keys)
    const only = (found: Snapshot) => ({ ...found, resources: found.resources.filter(({ key }) => keys.has(key)) })
    const left = { glance: () => only(recording.glance()), snapshot: () => only(recording.snapshot()), isLoading: () => false }
    const judging = new Judging({ settings, allowed: this.#file.allowed, recording: left, firstScope: 0, files: null, isPartial: true }, null)
    finishAtExit({ recording, finishNow: () => judging.judgeFileNow() })
  }
}

/** Keys of what is open. */
export function openIn({ recording }: FileWatch): readonly string[] {
  return recording.isIdle ? [] : recording.glance().resources.map(({ key }) => key)
}
