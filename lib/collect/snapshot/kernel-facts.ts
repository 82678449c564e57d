import type { KernelFacts } from '../../model/snapshot.ts'
import { Math } from '../intrinsics.ts'
import { Set } from '../own-collections.ts'
import { statSync } from '../taps/untapped.ts'
import { type Kernel, linkOf } from './kernel.ts'
import { socketsAt } from './peers.ts'

// Of the loops of a process with one thread that runs JavaScript, those that open no stream.
const loopsOfNode = 2

/** What a recorder holds, for the kernel's list to be compared with. */
export interface Held {
  readonly fds: ReadonlySet<number>
  /** Open directories whose descriptor Node does not tell. */
  readonly directories: number
  /** Requests of `fs` in flight: each may have opened a file, and nobody was told so yet. */
  readonly requests: number
  /** Number of our own descriptor; null where there is none. */
  readonly own: number | null
}

/** Compares the kernel's list of descriptors with what is held. */
export function kernelFacts(kernel: Kernel, list: readonly number[], held: Held): KernelFacts {
  const open = list.filter(fd => fd !== held.own)
  const accounted = open.filter(fd => held.fds.has(fd))
  const rest = open.filter(fd => !held.fds.has(fd)).map(fd => ({ fd, target: linkOf(fd) }))
  const foreign = rest.filter(({ fd, target }) => !kernel.isRuntime(fd, target) && !isLoopPipe(target, rest))
  const spare = new Set(foreign.filter(isSpare).slice(0, Math.max(1, rest.filter(isLoop).length - loopsOfNode)))
  const strangers = withoutInspector(foreign.filter(found => !spare.has(found)))
  const unexplained = withoutRequests(withoutDirectories(strangers, held.directories), held.requests)
  const found = accounted.length + strangers.length - unexplained.length
  const runtime = open.length - found - unexplained.length
  return { open: open.length, limit: kernel.limit, runtime, accounted: found, unexplained }
}

interface Found {
  readonly fd: number
  readonly target: string | null
}

// libuv keeps one in hand for each loop from its first stream on, to answer a connection with when descriptors have run out; once it had to, another one.
function isSpare({ target }: Found): boolean {
  return target === '/dev/null' || target === '/'
}

// The loops of Workers and of the loader's thread, too.
function isLoop({ target }: Found): boolean {
  return target === 'anon_inode:[eventpoll]'
}

// A pipe with both ends in this process is the signal pipe of an event loop: libuv makes it at the first signal
// handler or child. Node gives children sockets, not pipes.
function isLoopPipe(target: string | null, rest: readonly Found[]): boolean {
  return target !== null && target.startsWith('pipe:') && rest.filter(found => found.target === target).length === 2
}

// Where the inspector listens, and who is connected to it.
function withoutInspector(strangers: readonly Found[]): readonly Found[] {
  if (!strangers.some(isSocket)) return strangers
  const own = socketsAt(debugPort())
  return strangers.filter(({ target }) => target === null || !own.has(target))
}

function isSocket({ target }: Found): boolean {
  return target !== null && target.startsWith('socket:')
}

// Not by node:inspector, which would put another `process.chdir` in the place of the program's. Where it is not open, the port that it would take.
function debugPort(): number {
  try {
    return process.debugPort
  } catch {
    return 0
  }
}

function withoutDirectories(strangers: readonly Found[], directories: number): readonly Found[] {
  if (directories === 0) return strangers
  const found = strangers.filter(({ fd }) => isDirectory(fd)).slice(0, directories)
  return strangers.filter(stranger => !found.includes(stranger))
}

function withoutRequests(strangers: readonly Found[], requests: number): readonly Found[] {
  const opened = new Set(strangers.filter(({ target }) => target?.startsWith('/') === true).slice(0, requests))
  return strangers.filter(stranger => !opened.has(stranger))
}

function isDirectory(fd: number): boolean {
  try {
    return statSync(`/proc/self/fd/${fd}`).isDirectory()
  } catch {
    return false
  }
}
