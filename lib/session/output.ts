import type { Stats } from 'node:fs'
import { extname } from 'node:path'
import { closeSync, getBuiltinModule, lstatSync, openSync, statSync } from '../collect/taps/untapped.ts'
import { threads } from '../collect/thread.ts'
import { bytesOf, say, stderr, tell, writeAll } from './say.ts'

/** Where a process's reports go: standard error, or files of its own. */
export class Output {
  readonly #pattern: string | null
  #count = 0

  /** The path may hold `{pid}` and `{tid}`; null stands for standard error. */
  constructor(pattern: string | null) {
    this.#pattern = pattern
  }

  // process.stderr is not touched: that alone would open it.
  get isTerminal(): boolean {
    return this.#pattern === null && getBuiltinModule('node:tty').isatty(stderr)
  }

  /** Writes a report; what can't be written to its file goes to standard error, so that it is not lost: as text in the place of bytes. */
  write(content: string | Uint8Array, asText: () => string): void {
    const said = () => typeof content === 'string' ? content : asText()
    if (this.#pattern === null) return say(said())
    const path = isDevice(this.#pattern) ? this.#pattern : numbered(filled(this.#pattern), ++this.#count)
    try {
      writeFile(path, content)
    } catch (error) {
      tell(`the report can't be written to ${path} (${whatFailed(error, path)}); it follows here.`)
      say(said())
    }
  }
}

// Created by us alone: an existing file or link is never followed or overwritten, and nobody else may read it. A device
// such as /dev/null can't be created, and is written to as it is; a file that is standard output is added to.
function writeFile(path: string, content: string | Uint8Array): void {
  const fd = openSync(path, isDevice(path) ? 'a' : 'wx', 0o600)
  try {
    if (typeof content !== 'string' && getBuiltinModule('node:tty').isatty(fd)) throw new Error('it is a terminal, and the report is bytes')
    writeAll(fd, bytesOf(content), 'throw')
  } finally {
    closeSync(fd)
  }
}

function isDevice(path: string): boolean {
  if (/^\/(?:dev\/(?:std(?:out|err)|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path)) return true
  return looked(path, lstatSync)?.isCharacterDevice() === true
}

function looked(path: string, at: typeof lstatSync): Stats | null {
  try {
    return at(path, { throwIfNoEntry: false }) ?? null
  } catch {
    // It may be written but not looked at (--permission).
    return null
  }
}

// A Worker's report has a name of its own, asked for or not: two threads never want the same file.
function filled(pattern: string): string {
  const { isMainThread, threadId } = threads()
  const own = isMainThread || pattern.includes('{tid}') ? pattern : beforeExtension(pattern, `-t${threadId}`)
  return own.replaceAll('{pid}', String(process.pid)).replaceAll('{tid}', String(threadId))
}

/** The second report of a process gets `-2` before its extension. */
export function numbered(path: string, count: number): string {
  return count === 1 ? path : beforeExtension(path, `-${count}`)
}

function beforeExtension(path: string, suffix: string): string {
  const extension = extname(path)
  return `${path.slice(0, path.length - extension.length)}${suffix}${extension}`
}

function whatFailed(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EEXIST' && looked(path, statSync)?.isDirectory() === true) return 'EEXIST: it is a directory; name a file in it'
  if (code === 'EEXIST') return 'EEXIST: a file of that name is there already; {pid} in the path makes it unique'
  if (code === 'ENOENT') return 'ENOENT: its directory does not exist'
  return message
}
