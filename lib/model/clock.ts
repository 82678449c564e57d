// Taken at load: a program may put a fake clock in place of Date. V8 may be told to leave SharedArrayBuffer out.
const { Atomics, Date, SharedArrayBuffer } = globalThis
const { toISOString } = Date.prototype
const { apply } = Reflect

/** Milliseconds since the Unix epoch. */
export const nowMs: () => number = Date.now

/** Holds the thread up for so many milliseconds; false where nothing can. */
export function pause(ms: number): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
  return true
}

/** An instant as ISO 8601. */
export function isoTime(ms: number): string {
  return apply(toISOString, new Date(ms), [])
}
