// What is read of Node's undocumented inside as something is announced, before anything is recorded. As in node-internals.ts, each reader says what is
// lost when its inside vanishes, and none throws.
import { ownValue } from '../intrinsics.ts'

const standardStreams = 'node:internal/bootstrap/switches/is_main_thread'

/**
 * The file stream that is being constructed and calls `fs.open` in this TickObject; null for every other tick. If its callback or
 * its name vanishes: descriptors of streams have no origin and are named by the kernel check alone.
 */
export function constructedBy(tick: object): object | null {
  const { callback, args } = tick as { callback?: unknown, args?: readonly unknown[] }
  if (args?.length !== 1 || typeof callback !== 'function' || ownValue(callback, 'name') !== 'constructNT') return null
  const stream = args[0]
  return typeof stream === 'object' && stream !== null && ownValue(stream, 'fd') === null ? stream : null
}

/**
 * Whether a call is the one by which Node makes a standard stream when it is first touched. If the script is named otherwise: a
 * program that prints to a pipe pays for a recorder.
 */
export function makesStandardStream(script: string): boolean {
  return script === standardStreams
}
