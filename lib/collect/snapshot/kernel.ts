import { exec } from '../intrinsics.ts'
import { Map } from '../own-collections.ts'
import { closeSync, openSync, readFileSync, readlinkSync } from '../taps/untapped.ts'
import { directory, listing } from './listing.ts'

/** The kernel's list of open descriptors (Linux). Elsewhere, and where it may not be read, it knows nothing. */
export class Kernel {
  readonly #atStart = new Map<number, string | null>()
  #limit: number | null | undefined

  /**
   * Made before the program has opened anything.
   * @param listed What was open at the start, as `listing` gives it
   * @param ours Number of our own descriptor; null where there is none
   */
  constructor(listed: readonly string[], ours: number | null) {
    for (let index = 0; index < listed.length; index++) {
      const fd = +listed[index]!
      if (fd !== ours) this.#atStart.set(fd, linkOf(fd))
    }
  }

  /** How many descriptors the process may have; null where that is not known. */
  get limit(): number | null {
    if (this.#limit === undefined) this.#limit = readLimit()
    return this.#limit
  }

  get openAtStart(): number {
    return this.#atStart.size
  }

  /** Numbers of all open descriptors, null where they can't be listed. */
  list(): readonly number[] | null {
    try {
      // The number that the listing itself takes, the lowest free one.
      const own = openSync(directory, 'r')
      closeSync(own)
      return listing()?.map(Number).filter(fd => fd !== own) ?? null
    } catch {
      return null
    }
  }

  /** Whether a descriptor was open at the start already, or is one that the runtime makes for itself. */
  isRuntime(fd: number, target: string | null): boolean {
    if (target === null || target.startsWith('anon_inode:')) return true
    return this.#atStart.get(fd) === target
  }
}

/** What a descriptor leads to, as the kernel says. */
export function linkOf(fd: number): string | null {
  try {
    return readlinkSync(`${directory}/${fd}`)
  } catch {
    return null
  }
}

function readLimit(): number | null {
  try {
    const soft = exec(/^Max open files\s+(\d+)/m, readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}
