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
  Object.defineProperty(owner, name, { __proto__: null, ...before, value: replacement } as PropertyDescriptor)
  return () => {
    if (Object.getOwnPropertyDescriptor(owner, name)?.value !== replacement) return
    try {
      Object.defineProperty(owner, name, before)
    } catch {
      // The program froze the owner after we came: the inert tap stays.
    }
  }
}

/** Gives a function the looks of another one. */
export function dress<F extends Callable>(replacement: F, original: F): F {
  Object.setPrototypeOf(replacement, Object.getPrototypeOf(original))
  for (const key of Reflect.ownKeys(original)) {
    const own = Object.getOwnPropertyDescriptor(replacement, key)
    if (own === undefined || own.configurable === true) {
      Object.defineProperty(replacement, key, descriptorOf(original, key)!)
    }
  }
  return replacement
}

/** The descriptor of an own property, without a prototype: a program may have put `get` or `value` on Object's. */
export function descriptorOf(owner: object, key: PropertyKey): PropertyDescriptor | undefined {
  const found = Object.getOwnPropertyDescriptor(owner, key)
  return found === undefined ? undefined : Object.setPrototypeOf(found, null) as PropertyDescriptor
}
