import { writeSync } from '../collect/taps/untapped.ts'
import { pause } from '../model/clock.ts'
import { escaped } from '../report/escape.ts'

// Taken at load: the program may put others in their place.
const { Buffer } = globalThis
const { from } = Buffer
const { apply } = Reflect

const patience = 5_000
const pauseMs = 5
export const stderr = 2

/** Writes to standard error, to the end even where that is a pipe that is full. */
export function say(content: string): void {
  writeAll(stderr, bytesOf(content))
}

/** Says a sentence of leakwatch, and lines of more beneath it. Paths, messages and what files hold are made harmless here. */
export function tell(sentence: string, beneath: readonly string[] = []): void {
  say(`${[`leakwatch: ${sentence}`, ...beneath.map(line => `    ${line}`)].map(escaped).join('\n')}\n`)
}

export function bytesOf(content: string | Uint8Array): Buffer {
  return apply(from, Buffer, [content]) as Buffer
}

/** Writes all of it, waiting for a reader that is slow. */
export function writeAll(fd: number, bytes: Buffer, onFailure: 'throw' | 'give up' = 'give up'): void {
  let written = 0
  let waitedMs = 0
  while (written < bytes.length) {
    try {
      written += writeSync(fd, bytes, written)
    } catch (error) {
      // A pipe in non-blocking mode whose reader is slow.
      const isFull = (error as NodeJS.ErrnoException).code === 'EAGAIN'
      if (isFull && waitedMs < patience) {
        waitedMs += pauseMs
        pause(pauseMs)
        continue
      }
      if (onFailure === 'throw') throw error
      return
    }
  }
}
