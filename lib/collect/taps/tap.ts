import { Object, Reflect } from '../intrinsics.ts'

type Callable = (this: never, ...args: never[]) => unknown

/** A function property that was replaced by one of ours; calling it puts the original back. */
export type Undo = () => void

/**
 * Replaces a method by what `wrap` makes of it, keeping all that a program can see: flags of the property, name,
 * length, own properties (`util.promisify.custom`) and prototype. Returns the undo, or null where there is no such
 * method. Throws what `defineProperty` throws where the owner is frozen.
 * When somebody else's tap lies on top at undo, ours stays beneath it: it must be inert by then.
 */
export function tap<F extends Callable>(owner: object, name: PropertyKey, wrap: (original: F) => F): Undo | null {
  const before = descriptorOf(owner, name)
  if (before === undefined || typeof before.value !== 'function') return null
  const original = before.value as F
  const replacement = dress(wrap(original), original)
  // Its flags stay what they are.
  Object.defineProperty(owner, name, { __proto__: null, value: replacement } as PropertyDescriptor)
  return () => {
    if (Object.getOwnPropertyDescriptor(owner, name)?.value !== replacement) return
    try {
      Object.defineProperty(owner, name, before)
    } catch {
      // The program froze the owner after we came: the inert tap stays.
    }
  }
}

/** Puts several originals back. */
export function undoAll(undos: readonly Undo[]): Undo {
  return () => {
    // By number: the program may have replaced the iterator of arrays.
    for (let index = 0; index < undos.length; index++) undos[index]!()
  }
}

/** Gives a function the looks of another one. */
export function dress<F extends Callable>(replacement: F, original: F): F {
  const prototype = Object.getPrototypeOf(original) as object | null
  // Set only where it differs: it takes V8 longer than all the rest.
  if (Object.getPrototypeOf(replacement) !== prototype) Object.setPrototypeOf(replacement, prototype)
  const keys = Reflect.ownKeys(original)
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index]!
    if (key !== 'prototype' || !Object.hasOwn(replacement, key)) Object.defineProperty(replacement, key, descriptorOf(original, key)!)
  }
  return replacement
}

/** The descriptor of an own property. It takes nothing from Object's prototype, where a program may have put `get` or `value`. */
export function descriptorOf(owner: object, key: PropertyKey): PropertyDescriptor | undefined {
  const found = Object.getOwnPropertyDescriptor(owner, key)
  const isMixed = found !== undefined && ('get' in found || 'set' in found) && ('value' in found || 'writable' in found)
  return isMixed ? Object.setPrototypeOf(found, null) as PropertyDescriptor : found
}
