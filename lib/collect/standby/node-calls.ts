// What is read of Node's undocumented inside as something is announced, before anything is recorded. As in node-internals.ts, each reader says what is
// lost when its inside vanishes, and none throws.
import { isProxy } from 'node:util/types'
import { collections, isIn, Object, ownValue, putIn } from '../intrinsics.ts'

const standardStreams = 'node:internal/bootstrap/switches/is_main_thread'
const moduleLoader = 'node:internal/modules/esm/load'

// By which Node constructs a stream, in a tick of its own.
const constructor = 'constructNT'
// By which fs.realpath takes one step of a path after another, each in a tick: a function of each call.
const walker = 'LOOP'

// Node puts a handful of its own functions into ticks, over and over; what a program puts there may be another one each time.
const knownLimit = 64

/** The first callbacks that were met in ticks and tell nothing: to read a name takes longer than all else that is done with a tick. Keeps none of them alive. */
export class OtherCallbacks {
  readonly #known = new collections.WeakSet()
  #count = 0

  has(callback: object): boolean {
    return isIn(this.#known, callback)
  }

  add(callback: object): void {
    if (this.#count++ < knownLimit) putIn(this.#known, callback)
  }
}

/**
 * The stream that is being constructed in this TickObject; null for every other tick. If its callback or its name vanishes: descriptors
 * of file streams have no origin and are named by the kernel check alone.
 */
export function constructedBy(tick: object, others: OtherCallbacks): object | null {
  const { callback, args } = tick as { callback?: unknown, args?: readonly unknown[] }
  if (args?.length !== 1 || typeof callback !== 'function' || others.has(callback)) return null
  const name = nameOf(callback)
  if (name !== constructor) {
    if (name !== '') others.add(callback)
    return null
  }
  const stream = args[0]
  return typeof stream === 'object' && stream !== null && !isProxy(stream) ? stream : null
}

/**
 * Whether something is put off by a function that stands where it is put off, as a package writes `process.nextTick(() => …)`: those of Node have names,
 * of which that of fs.realpath alone leads back to a package. If `callback` vanishes: what is opened in a tick of a package has no line of the application.
 */
export function isPutOffInline(type: string, resource: object, others: OtherCallbacks): boolean {
  if (type !== 'TickObject') return type === 'Immediate'
  const { callback } = resource as { callback?: unknown }
  if (typeof callback !== 'function' || others.has(callback)) return false
  const name = nameOf(callback)
  if (name === '' || name === walker) return true
  if (name !== constructor) others.add(callback)
  return false
}

/** The function by which a call of fs.realpath takes all of its steps, in whose tick this one is; null for every other tick or turn. */
export function walkerOf(putOff: object): object | null {
  const { callback } = putOff as { callback?: unknown }
  return typeof callback === 'function' && nameOf(callback) === walker ? callback : null
}

// ENFILE and EMFILE of <errno.h>.
const outOfDescriptors = [-23, -24]

/**
 * Whether a TickObject tells a child that it could not be started for want of descriptors, of which it takes several: one may be left. If its arguments
 * vanish: that is told once the next call is refused one.
 */
export function refusesChild(tick: object): boolean {
  const { args, callback } = tick as { args?: readonly unknown[], callback?: object }
  return args?.length === 2 && (args[1] === outOfDescriptors[0] || args[1] === outOfDescriptors[1]) && callback !== undefined && nameOf(callback) === 'onErrorNT'
}

/** The asyncId of the channel to the process that made this one; -1 where there is none. If `kChannelHandle` vanishes: what that hands over has no line. */
export function channelId(): number {
  for (const symbol of Object.getOwnPropertySymbols(process)) {
    if (symbol.description !== 'kChannelHandle') continue
    const handle = ownValue(process, symbol) as { getAsyncId?(): number } | null
    return handle?.getAsyncId?.() ?? -1
  }
  return -1
}

// A proxy, which could tell that it is looked at, is none of Node's functions.
function nameOf(callback: object): unknown {
  return isProxy(callback) ? null : ownValue(callback, 'name')
}

/** Whether a stream is one of a file that it is to open itself, by `fs.open`. */
export function isToOpen(stream: object): boolean {
  return ownValue(stream, 'fd') === null
}

/**
 * Whether a script is one that opens what Node wants for itself: a standard stream that is first touched, a module that is loaded. If
 * they are named otherwise: a program that prints to a pipe pays for a recorder, and the stack of each module is read to its end.
 */
export function opensForItself(script: string): boolean {
  return script === standardStreams || script === moduleLoader
}
