// What child processes of Node tell of themselves, undocumented as all of node-internals.ts.
import { Array, Object, ownValue } from '../intrinsics.ts'
import { asObject, valueOfSymbol } from '../node-internals.ts'

/** Whether a child process was sent a signal. If `killed` vanishes: it is a leak until its exit is seen. */
export function wasKilled(child: object): boolean {
  return ownValue(child, 'killed') === true
}

/** Whether a child process had a channel that was disconnected. If `channel` vanishes: it is a leak until its exit is seen. */
export function wasDisconnected(child: object): boolean {
  return ownValue(child, 'connected') === false && ownValue(child, 'channel') === null
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
