import { isatty } from 'node:tty'
import { bytesOf, writeAll } from '../session/say.ts'

const stdout = 1

export function isTerminal(): boolean {
  return isatty(stdout)
}

/** Whether what is printed may be coloured. */
export function isColoured(): boolean {
  return isTerminal() && (process.env.NO_COLOR ?? '') === ''
}

/** Writes to standard output, to the end even where that is a pipe that is full; a reader that has gone is no fault. */
export function print(content: string | Uint8Array): void {
  writeAll(stdout, bytesOf(content))
}
