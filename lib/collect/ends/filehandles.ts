import { isProxy } from 'node:util/types'
import { Array, Object } from '../intrinsics.ts'
import type { NativeHandle } from '../node-internals.ts'
import type { Entry } from '../table.ts'

/**
 * Whether a FileHandle may be posted by this second argument of `postMessage`, the transfer list or the options that hold
 * it: a FileHandle is the only one in a list that has a number. What could tell that it is looked at (proxies, accessors,
 * iterables) is not.
 */
export function mayTransferFile(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false
  const isList = Array.isArray(given) || isProxy(given)
  const list: unknown = isList ? given : Object.getOwnPropertyDescriptor(given, 'transfer')?.value
  return !Array.isArray(list) || isProxy(list) || list.some(item => typeof item === 'object' && item !== null && hasNumber(item))
}

// A FileHandle has its number from its class: an accessor of the object itself is not called, and what that of another class throws is nobody's affair.
function hasNumber(item: { readonly fd?: unknown }): boolean {
  if (isProxy(item)) return true
  const own = Object.getOwnPropertyDescriptor(item, 'fd')
  try {
    return typeof (own === undefined ? item.fd : own.value) === 'number'
  } catch {
    return false
  }
}

/** Whether a FileHandle or Dir was closed; one that is gone was collected, which is its end only if it was being closed. */
export function isClosedFile(entry: Entry, resource: NativeHandle | undefined): boolean {
  if (resource === undefined) return entry.state === 'closing'
  return entry.facts.type === 'FILEHANDLE' && resource.fd !== undefined && resource.fd < 0
}
