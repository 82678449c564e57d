import { isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'
import { textOfBuffer, URL } from './intrinsics.ts'
import { currentDirectory } from './snapshot/listing.ts'
import { Map } from './own-collections.ts'
import type { Opening } from './stacks/opening.ts'

/** An open integer descriptor. */
export interface Descriptor extends Opening {
  readonly fd: number
  /** As it was given to open; relative to `cwd` unless that is null. */
  readonly path: string | null
  readonly cwd: string | null
  readonly openedAfterMs: number
  /** Tells it from earlier descriptors of the same number. */
  readonly ordinal: number
  isClosing: boolean
}

/** Open integer descriptors by number. No async resource stands for them: paired taps on open and close keep it. */
export class Ledger {
  readonly #descriptors = new Map<number, Descriptor>()
  #ordinal = 0

  get size(): number {
    return this.#descriptors.size
  }

  get(fd: number): Descriptor | undefined {
    return this.#descriptors.get(fd)
  }

  values(): IterableIterator<Descriptor> {
    return this.#descriptors.values()
  }

  /** A number that is opened again was closed by somebody that no tap saw: the newer opening stands. */
  open(fd: number, path: string | null, openedAfterMs: number): Descriptor {
    const cwd = path === null || isAbsolute(path) ? null : currentDirectory()
    const ordinal = this.#ordinal++
    const descriptor = { stack: -1, fd, path, cwd, openedAfterMs, ordinal, isClosing: false }
    this.#descriptors.set(fd, descriptor)
    return descriptor
  }

  /** Forgets a number that was closed or whose owner closes it. */
  close(fd: number): void {
    const descriptor = this.#descriptors.get(fd)
    if (descriptor !== undefined) this.end(descriptor)
  }

  /** Forgets a descriptor, unless its number was opened again meanwhile. */
  end(descriptor: Descriptor): void {
    descriptor.stack = -1
    if (this.#descriptors.get(descriptor.fd) === descriptor) this.#descriptors.delete(descriptor.fd)
  }
}

/** What a path, Buffer or URL that `open` is given says as it is called: the program may use a Buffer or URL for the next one. Null for what open refuses. */
export function pathGiven(path: unknown): string | null {
  if (typeof path === 'string') return path
  try {
    return path instanceof URL && path.protocol === 'file:' ? fileURLToPath(path) : textOfBuffer(path)
  } catch {
    return null
  }
}
