import { dress } from '../../collect/taps/tap.ts'
import type { Handler, Method } from '../taps/method.ts'

export type Handlers = ReadonlyMap<string, Handler>

/**
 * An object like another one, whose methods are those of the other, some of them tapped. Properties keep their order and flags;
 * methods that it inherits (memfs' Volume) are called on the other, which has the state.
 */
export function copy<F extends object>(original: F, handlers: Handlers, replaced: Readonly<Record<string, unknown>>): F {
  const copied = Object.create(Object.getPrototypeOf(original) as object | null) as F
  for (const [key, descriptor] of propertiesOf(original)) {
    const { enumerable = false, configurable = true } = descriptor
    const put = (value: unknown) => void Object.defineProperty(copied, key, { enumerable, configurable, writable: true, value })
    if (typeof key === 'string' && Object.hasOwn(replaced, key)) put(replaced[key])
    // Of a module's namespace.
    else if (key === 'default') put(copied)
    else if (typeof descriptor.value === 'function') {
      const handle = typeof key === 'string' ? handlers.get(key) : undefined
      Object.defineProperty(copied, key, { ...descriptor, value: methodOf(original, copied, descriptor.value as Method, handle, Object.hasOwn(original, key)) })
    } else if ('value' in descriptor) Object.defineProperty(copied, key, descriptor)
    else Object.defineProperty(copied, key, { enumerable, configurable, get: () => Reflect.get(original, key), ...descriptor.set === undefined ? {} : { set: put } })
  }
  return copied
}

// Its own, and what it inherits of a class, the nearest first.
function propertiesOf(object: object): Map<PropertyKey, PropertyDescriptor> {
  const found = new Map<PropertyKey, PropertyDescriptor>()
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const key of Reflect.ownKeys(at)) {
      const isInherited = at !== object
      if (!found.has(key) && !(isInherited && key === 'constructor')) found.set(key, Object.getOwnPropertyDescriptor(at, key)!)
    }
  }
  return found
}

function methodOf(original: object, copied: object, method: Method, handle: Handler | undefined, isOwn: boolean): unknown {
  if (handle === undefined && isOwn) return method
  const replacement: Method = dress(function (this: unknown, ...args: any[]): any {
    const receiver = this === copied ? original : this
    if (handle === undefined) return Reflect.apply(method, receiver, args)
    return handle({ args, below: replacement, proceed: (given = args) => Reflect.apply(method, receiver, given) })
  }, method)
  return replacement
}
