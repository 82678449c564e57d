import type { EventEmitter } from 'node:events'
import { dress } from '../../collect/taps/tap.ts'

export type Method = (this: any, ...args: any[]) => any
export type Undo = () => void

/** One call of a tapped method. */
export interface Call {
  readonly args: any[]
  /** The function that was called: the site of what it opens is its caller's. */
  readonly below: object
  /** Calls the original, with the same receiver, and the same arguments unless others are given. */
  readonly proceed: (args?: any[]) => any
}

export type Handler = (call: Call) => any

/**
 * Puts a method of its own on one object, before the one that it has or inherits; name, length and properties stay those of
 * the original. The undo leaves alone what somebody else has put in its place since.
 */
export function tapMethod(object: object, name: PropertyKey, handle: Handler): Undo {
  const original: unknown = Reflect.get(object, name)
  if (typeof original !== 'function') return nothing
  const before = Object.getOwnPropertyDescriptor(object, name)
  const replacement: Method = dress(function (this: any, ...args: any[]): any {
    return handle({ args, below: replacement, proceed: (given = args) => Reflect.apply(original as Method, this, given) })
  }, original as Method)
  Object.defineProperty(object, name, { configurable: true, enumerable: before?.enumerable ?? false, writable: true, value: replacement })
  return () => {
    if (Object.getOwnPropertyDescriptor(object, name)?.value !== replacement) return
    if (before === undefined) Reflect.deleteProperty(object, name)
    else Object.defineProperty(object, name, before)
  }
}

const nothing: Undo = () => {}

/** Taps and listeners of ours on one object of the program, all undone together. */
export class ObjectTaps {
  readonly #undos: Undo[] = []

  tap(object: object, name: PropertyKey, handle: Handler): void {
    this.#undos.push(tapMethod(object, name, handle))
  }

  /** Listens before those that were there, and is told of by no `once`. */
  listen(emitter: EventEmitter, event: string, listener: (...args: any[]) => void): void {
    emitter.prependListener(event, listener)
    this.#undos.push(() => emitter.removeListener(event, listener))
  }

  /** The last first. */
  undo(): void {
    for (const undo of this.#undos.splice(0).toReversed()) undo()
  }
}
