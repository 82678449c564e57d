// What child processes of Node tell of themselves, undocumented as all of node-internals.ts.
import { Array, Object, ownValue } from '../intrinsics.ts'
import { asObject, valueOfSymbol } from '../node-internals.ts'
import { getBuiltinModule, readFileSync } from '../taps/untapped.ts'

// 0 asks whether it is there, and most others are for the child to heed as it likes.
const endings = ['SIGABRT', 'SIGHUP', 'SIGINT', 'SIGKILL', 'SIGQUIT', 'SIGTERM'] as const

/** Whether a signal, by its number, asks a process to end. */
export function asksToEnd(signal: unknown): boolean {
  const { signals } = getBuiltinModule('node:os').constants
  // By number: the program may have replaced the methods of arrays.
  for (let index = 0; index < endings.length; index++) if (signals[endings[index]!] === signal) return true
  return false
}

/** Whether a signal has reached a child process. If `killed` vanishes: it is a leak until its exit is seen. */
export function wasSent(child: object): boolean {
  return ownValue(child, 'killed') === true
}

/** Whether a child process had a channel that was disconnected, which asks it to end. If `channel` vanishes: it is a leak until its exit is seen. */
export function wasDisconnected(child: object): boolean {
  return ownValue(child, 'connected') === false && ownValue(child, 'channel') === null
}

/** Whether a child process has ended (Linux), which Node learns in a later turn. If `pid` vanishes: it is a leak until its exit is seen. */
export function isZombie(child: object): boolean {
  try {
    const pid = ownValue(child, 'pid')
    if (typeof pid !== 'number') return false
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Its name may hold anything, in parentheses; the state stands behind it.
    return stat[stat.lastIndexOf(')') + 2] === 'Z'
  } catch {
    return false
  }
}

/** Whether a pipe is the channel to a child. If `pendingHandle` vanishes: one that was disconnected is a leak until it is closed, in the next tick. */
export function isChannel(pipe: object): boolean {
  return Object.hasOwn(pipe, 'pendingHandle')
}

/** The handles of a child's streams and channel. If what is read here vanishes: they are leaks until they are closed. */
export function pipesOf(child: object): readonly object[] {
  const streams = ownValue(child, 'stdio')
  const ofStreams = Array.isArray(streams) ? streams.map(stream => valueOfSymbol(asObject(stream) ?? {}, 'kHandle')) : []
  return [...ofStreams, valueOfSymbol(child, 'kChannelHandle')].filter(handle => handle !== null)
}
