// Taken at load: a program may put a fake clock in place of Date.
const { Date } = globalThis
const { toISOString } = Date.prototype
const { apply } = Reflect

/** Milliseconds since the Unix epoch. */
export const nowMs: () => number = Date.now

/** An instant as ISO 8601. */
export function isoTime(ms: number): string {
  return apply(toISOString, new Date(ms), [])
}
