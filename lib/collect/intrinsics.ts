// Built-in classes and functions as they were at load. A program may replace what it finds on them, to count, log or mock:
// it would be told of the recorder's calls, and the recorder would run its code. The files of this room import them under
// the names that they have.

class OwnMap<K, V> extends globalThis.Map<K, V> {}
class OwnSet<T> extends globalThis.Set<T> {}
class OwnWeakMap<K extends WeakKey, V> extends globalThis.WeakMap<K, V> {}
class OwnWeakSet<T extends WeakKey> extends globalThis.WeakSet<T> {}
class OwnFinalizationRegistry<T> extends globalThis.FinalizationRegistry<T> {}

for (const own of [OwnMap, OwnSet, OwnWeakMap, OwnWeakSet, OwnFinalizationRegistry]) {
  const { prototype } = Object.getPrototypeOf(own) as { prototype: object }
  for (const key of globalThis.Reflect.ownKeys(prototype)) {
    if (key !== 'constructor') {
      globalThis.Object.defineProperty(own.prototype, key, globalThis.Object.getOwnPropertyDescriptor(prototype, key)!)
    }
  }
}

const { Object: { defineProperty, entries, getOwnPropertyDescriptor, getOwnPropertySymbols, getPrototypeOf, hasOwn, setPrototypeOf } } = globalThis
const { Reflect: { apply, deleteProperty, get, ownKeys } } = globalThis
const { isArray } = globalThis.Array

const OwnObject = { defineProperty, entries, getOwnPropertyDescriptor, getOwnPropertySymbols, getPrototypeOf, hasOwn, setPrototypeOf }
const OwnReflect = { apply, deleteProperty, get, ownKeys }
const OwnArray = { isArray }
const { WeakRef } = globalThis

const uncurried = globalThis.Function.prototype.bind.bind(globalThis.Function.prototype.call)

/** `ref.deref()` */
export const deref = uncurried(WeakRef.prototype.deref) as unknown as <T extends WeakKey>(ref: WeakRef<T>) => T | undefined

/** `text.startsWith(prefix)` */
export const startsWith = uncurried(globalThis.String.prototype.startsWith) as unknown as (text: string, prefix: string) => boolean

/** An own property as it was put there: no accessor or override of the program's is called. */
export function ownValue(owner: object, name: PropertyKey): unknown {
  return getOwnPropertyDescriptor(owner, name)?.value
}

export {
  OwnArray as Array, OwnFinalizationRegistry as FinalizationRegistry, OwnMap as Map, OwnObject as Object,
  OwnReflect as Reflect, OwnSet as Set, OwnWeakMap as WeakMap, OwnWeakSet as WeakSet, WeakRef,
}
