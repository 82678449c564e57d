import { isatty } from 'node:tty'
import { textOf } from '../model/text/thrown.ts'
import { bytesOf, writeAll } from '../session/say.ts'
import { misused } from './line/args.ts'

const stdout = 1

export function isTerminal(): boolean {
  return isatty(stdout)
}

/** Whether what is printed may be coloured. */
export function isColoured(): boolean {
  return isTerminal() && (process.env.NO_COLOR ?? '') === ''
}

/**
 * Writes to standard output, to the end even where that is a pipe that is full; a reader that has gone is no fault.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where it can't be written to, as on a disk that is full
 */
export function print(content: string | Uint8Array): void {
  try {
    writeAll(stdout, bytesOf(content), 'throw')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw misused(`standard output can't be written to (${textOf(error)}).`)
  }
}
