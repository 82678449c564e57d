import type { Test } from 'tap'

/** As `t.match`, with arrays that are as long as those of the pattern: tap takes them for the beginning, and an empty one for any. */
export function matches(t: Test, found: unknown, pattern: unknown, ...message: [] | [string]): boolean {
  return t.match(found, sized(pattern), ...message)
}

function sized(pattern: unknown): unknown {
  if (Array.isArray(pattern)) return Object.fromEntries([...pattern.map((item, index) => [index, sized(item)]), ['length', pattern.length]])
  if (typeof pattern !== 'object' || pattern === null || Object.getPrototypeOf(pattern) !== Object.prototype) return pattern
  return Object.fromEntries(Object.entries(pattern).map(([name, value]) => [name, sized(value)]))
}
