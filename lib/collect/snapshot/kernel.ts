import type { KernelFacts } from '../../model/snapshot.ts'
import { closeSync, cwd, openSync, readdirSync, readFileSync, readlinkSync, statSync } from '../taps/untapped.ts'

const directory = '/proc/self/fd'

/** What a recorder holds, for the kernel's list to be compared with. */
export interface Held {
  readonly fds: ReadonlySet<number>
  /** Open directories whose descriptor Node does not tell. */
  readonly directories: number
  /** Our own descriptors. */
  readonly own: ReadonlySet<number>
}

/** The kernel's list of open descriptors (Linux). Elsewhere, and where it may not be read, it knows nothing. */
export class Kernel {
  readonly #atStart = new Map<number, string | null>()
  readonly #limit = readLimit()

  constructor() {
    for (const fd of this.list() ?? []) this.#atStart.set(fd, linkOf(fd))
  }

  /** How many descriptors the process may have; Infinity where that is not known. */
  get limit(): number {
    return this.#limit ?? Infinity
  }

  get openAtStart(): number {
    return this.#atStart.size
  }

  /** Numbers of all open descriptors, null where they can't be listed. */
  list(): readonly number[] | null {
    try {
      // The number that the listing itself takes, the lowest free one.
      const listing = openSync(directory, 'r')
      closeSync(listing)
      return readdirSync(directory).map(Number).filter(fd => fd !== listing)
    } catch {
      return null
    }
  }

  /** Compares the kernel's list with what is held. */
  facts(list: readonly number[], held: Held): KernelFacts {
    const open = list.filter(fd => !held.own.has(fd))
    const accounted = open.filter(fd => held.fds.has(fd))
    const rest = open.filter(fd => !held.fds.has(fd)).map(fd => ({ fd, target: linkOf(fd) }))
    const foreign = rest.filter(({ fd, target }) => !this.#isRuntime(fd, target) && !isLoopPipe(target, rest))
    // libuv keeps one in hand from the first listen on, to answer a connection with when descriptors have run out.
    const spare = foreign.find(({ target }) => target === '/dev/null')
    const strangers = foreign.filter(found => found !== spare)
    const unexplained = withoutDirectories(strangers, held.directories)
    const found = accounted.length + strangers.length - unexplained.length
    const runtime = open.length - found - unexplained.length
    return { open: open.length, limit: this.#limit, runtime, accounted: found, unexplained }
  }

  #isRuntime(fd: number, target: string | null): boolean {
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

/** The working directory, null when it was removed. */
export function currentDirectory(): string | null {
  try {
    return cwd()
  } catch {
    return null
  }
}

interface Found {
  readonly fd: number
  readonly target: string | null
}

// A pipe with both ends in this process is the signal pipe of an event loop: libuv makes it at the first signal
// handler or child. Node gives children sockets, not pipes.
function isLoopPipe(target: string | null, rest: readonly Found[]): boolean {
  return target !== null && target.startsWith('pipe:') && rest.filter(found => found.target === target).length === 2
}

function withoutDirectories(strangers: readonly Found[], directories: number): readonly Found[] {
  if (directories === 0) return strangers
  const found = strangers.filter(({ fd }) => isDirectory(fd)).slice(0, directories)
  return strangers.filter(stranger => !found.includes(stranger))
}

function isDirectory(fd: number): boolean {
  try {
    return statSync(`${directory}/${fd}`).isDirectory()
  } catch {
    return false
  }
}

function readLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined ? null : Number(soft)
  } catch {
    return null
  }
}
