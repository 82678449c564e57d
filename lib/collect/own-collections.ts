// Built-in collections with the methods that they had at load, under the names that they have: see intrinsics.ts.
import { collections, members, Object, Reflect } from './intrinsics.ts'

// With constructors of their own: one that V8 makes up may iterate over its arguments, by what the program has put there.
class OwnMap<K, V> extends collections.Map<K, V> {
  constructor(given?: Iterable<readonly [K, V]> | null) {
    super(given)
  }
}
class OwnSet<T> extends collections.Set<T> {
  constructor(given?: Iterable<T> | null) {
    super(given)
  }
}
class OwnWeakMap<K extends WeakKey, V> extends collections.WeakMap<K, V> {
  constructor() {
    super()
  }
}
class OwnWeakSet<T extends WeakKey> extends collections.WeakSet<T> {
  constructor() {
    super()
  }
}
class OwnFinalizationRegistry<T> extends collections.FinalizationRegistry<T> {
  constructor(collected: (held: T) => void) {
    super(collected)
  }
}

for (const [own, given] of [
  [OwnMap, members.Map], [OwnSet, members.Set], [OwnWeakMap, members.WeakMap], [OwnWeakSet, members.WeakSet],
  [OwnFinalizationRegistry, members.FinalizationRegistry],
] as const) {
  for (const key of Reflect.ownKeys(given)) {
    // Without a prototype: the program may have put `get` or `value` on Object's.
    if (key !== 'constructor') Object.defineProperty(own.prototype, key, { __proto__: null, ...(given as Record<PropertyKey, PropertyDescriptor>)[key] } as PropertyDescriptor)
  }
}

export { OwnFinalizationRegistry as FinalizationRegistry, OwnMap as Map, OwnSet as Set, OwnWeakMap as WeakMap, OwnWeakSet as WeakSet }
