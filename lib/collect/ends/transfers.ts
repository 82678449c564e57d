import { Reflect } from '../intrinsics.ts'
import { type NativeHandle, prototypeWith } from '../node-internals.ts'
import { resourceOf, type Table } from '../table.ts'
import { tap, type Undo } from '../taps/tap.ts'
import { threads } from '../thread.ts'
import { isClosedFile, mayTransferFile } from './filehandles.ts'

// Taken at load: the program may put another one in its place.
const { apply } = Reflect

type Post = (this: unknown, ...args: unknown[]) => unknown

interface Recorded {
  readonly table: Table
  readonly isRecording: () => boolean
  readonly fault: (where: string, error: unknown) => void
}

/** FileHandles that change hands without being closed here: they are posted to another thread. */
export class Transfers {
  readonly #recorded: Recorded
  #ports: object | null = null
  #hasFiles = false
  #undo: Undo | null = null

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  /** Learns where ports are made, by the first of them. */
  seePort(port: object): void {
    this.#ports ??= prototypeWith(port, 'postMessage')
    if (this.#hasFiles) this.#tap()
  }

  /** There is a FileHandle that may be posted. */
  seeFile(): void {
    this.#hasFiles = true
    this.#tap()
  }

  /** Ends those that were posted. */
  end(): void {
    const { table } = this.#recorded
    for (const entry of table.values()) {
      if (entry.facts.type === 'FILEHANDLE' && isClosedFile(entry, resourceOf(entry) as NativeHandle | undefined)) table.end(entry)
    }
  }

  stop(): void {
    this.#undo?.()
  }

  #tap(): void {
    const prototype = this.#ports ??= threads().MessagePort?.prototype ?? null
    if (prototype === null || this.#undo !== null) return
    const { fault, isRecording } = this.#recorded
    this.#undo = tap<Post>(prototype, 'postMessage', original => {
      const end = () => this.end()
      // A method: like the native one it is no constructor and has no `prototype`.
      return {
        postMessage(this: unknown, ...args: unknown[]) {
          const result = apply(original, this, args)
          if (args.length > 1 && isRecording()) {
            try {
              if (mayTransferFile(args[1])) end()
            } catch (error) {
              fault('tap on postMessage', error)
            }
          }
          return result
        },
      }.postMessage
    })
  }
}
