import timers from 'node:timers'

// Taken at load: a test may have put fake timers in their place by then, of the module too.
const { setImmediate, setTimeout: later } = timers
const { nextTick } = process
/** `setImmediate` */
export const nextTurn: typeof setImmediate = setImmediate

/** Turns of the event loop that are taken at once, before any waiting. */
export const settlingTurns = 4

// As many times the limit is the longest that threads are waited for.
const patience = 10

/**
 * Lets the event loop turn, and wait ever longer, until nothing is left to wait for or the time is up. Resolves at once,
 * without a turn, when it is clean already. The time begins anew while threads load their code, up to ten times: what they are to be handed, or
 * to let go of, waits until they have begun.
 */
export async function settle(isClean: () => boolean, limitMs: number, isLoading = () => false): Promise<void> {
  let waitedMs = 0
  let untilMs = limitMs
  for (let turns = 0; turns < settlingTurns; turns++) {
    if (isClean()) return
    await turn()
  }
  for (let waitMs = 1; !isClean() && waitedMs < untilMs; waitMs = Math.min(waitMs * 2, 64)) {
    const ms = Math.min(waitMs, untilMs - waitedMs)
    await new Promise<void>(resolve => void later(resolve, ms))
    waitedMs += ms
    if (isLoading()) untilMs = Math.min(waitedMs + limitMs, limitMs * patience)
  }
}

/**
 * The time in which what was asked for is born: a request gets its socket, a stream its descriptor. Less than a turn of the event
 * loop: nothing that waits for one goes on meanwhile.
 */
export async function births(): Promise<void> {
  for (let ticks = 0; ticks < 2; ticks++) await new Promise<void>(resolve => nextTick(resolve))
}

/** A turn of the event loop. */
export async function turn(): Promise<void> {
  await new Promise<void>(resolve => void nextTurn(resolve))
}
