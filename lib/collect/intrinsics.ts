// Built-in classes and functions as they were at load. A program may replace what it finds on them, to count, log or mock:
// it would be told of the recorder's calls, and the recorder would run its code. The files of this room import them under
// the names that they have.

const { Object: { defineProperty, entries, getOwnPropertyDescriptor, getOwnPropertyDescriptors, getOwnPropertySymbols, getPrototypeOf, hasOwn, setPrototypeOf } } = globalThis
const { Reflect: { apply, defineProperty: define, deleteProperty, get, ownKeys } } = globalThis
const { isArray } = globalThis.Array
const { max, min } = globalThis.Math
const { isBuffer, prototype: { toString } } = globalThis.Buffer
const { URL } = globalThis

const OwnObject = { defineProperty, entries, getOwnPropertyDescriptor, getOwnPropertySymbols, getPrototypeOf, hasOwn, setPrototypeOf }
const OwnReflect = { apply, defineProperty: define, deleteProperty, get, ownKeys }
const OwnArray = { isArray }
const OwnMath = { max, min }
const { WeakRef } = globalThis

const uncurried = globalThis.Function.prototype.bind.bind(globalThis.Function.prototype.call)

/** `ref.deref()` */
export const deref = uncurried(WeakRef.prototype.deref) as unknown as <T extends WeakKey>(ref: WeakRef<T>) => T | undefined

/** `text.startsWith(prefix)` */
export const startsWith = uncurried(globalThis.String.prototype.startsWith) as unknown as (text: string, prefix: string) => boolean

/** `expression.exec(text)` */
export const exec = uncurried(globalThis.RegExp.prototype.exec) as unknown as (expression: RegExp, text: string) => RegExpExecArray | null

/** `bytes.toString()` of a Buffer; null of everything else. */
export function textOfBuffer(bytes: unknown): string | null {
  return isBuffer(bytes) ? apply(toString, bytes, []) as string : null
}

/** An own property as it was put there: no accessor or override of the program's is called. */
export function ownValue(owner: object, name: PropertyKey): unknown {
  return getOwnPropertyDescriptor(owner, name)?.value
}

const { FinalizationRegistry, Map, Set, WeakMap, WeakSet } = globalThis

/** `set.has(member)` */
export const isIn = uncurried(WeakSet.prototype.has) as unknown as (set: WeakSet<object>, member: object) => boolean

/** `set.add(member)` */
export const putIn = uncurried(WeakSet.prototype.add) as unknown as (set: WeakSet<object>, member: object) => void

/** What own-collections.ts makes its classes of, and what was on them. */
export const collections = { FinalizationRegistry, Map, Set, WeakMap, WeakSet }
export const members = {
  FinalizationRegistry: getOwnPropertyDescriptors(FinalizationRegistry.prototype),
  Map: getOwnPropertyDescriptors(Map.prototype),
  Set: getOwnPropertyDescriptors(Set.prototype),
  WeakMap: getOwnPropertyDescriptors(WeakMap.prototype),
  WeakSet: getOwnPropertyDescriptors(WeakSet.prototype),
}

export { OwnArray as Array, OwnMath as Math, OwnObject as Object, OwnReflect as Reflect, URL, WeakRef }
