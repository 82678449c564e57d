import { accessSync, constants, existsSync, statSync, type Stats } from 'node:fs'
import { delimiter, extname, join } from 'node:path'

/** A command line, and what it has to be told so that leakwatch is loaded by it. */
export interface Start {
  readonly command: string
  readonly args: readonly string[]
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * How a program is started under a preload: what Node runs by itself, `node` or a file with an ending of its own, in that process, and what it forks; any
 * other command, a file that names its interpreter among them, with all processes of Node that it starts. By `-r`, which leaves it to Node how the program is
 * loaded: after any `--import` Node 20 and 22 take each by the loader of ESM, which asks no hook of `require`, and lets a child miss what it is sent as it
 * starts (20).
 * @param preload Its path
 */
export function startOf([program, ...args]: readonly [string, ...string[]], preload: string): Start {
  if (program === 'node') return { command: process.execPath, args: ['-r', preload, ...args], env: {} }
  if (isForNode(program)) return { command: process.execPath, args: ['-r', preload, ...program.startsWith('-') ? ['--'] : [], program, ...args], env: {} }
  const others = process.env.NODE_OPTIONS?.trim() ?? ''
  // As the shell does not look for it beside itself, where nothing else has that name.
  const command = !program.includes('/') && existsSync(program) && !isOnPath(program) ? `./${program}` : program
  return { command, args, env: { NODE_OPTIONS: `-r ${JSON.stringify(preload)}${others === '' ? '' : ` ${others}`}` } }
}

const extensions = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.jsx', '.tsx'])

function isForNode(program: string): boolean {
  if (extensions.has(extname(program))) return true
  // A word is a command wherever there is one, whatever lies beside it.
  if (!program.includes('/') && isOnPath(program)) return false
  if (statsOf(program)?.isDirectory() === true || existsSync(`${program}.js`)) return true
  return existsSync(program) && !isExecutable(program)
}

function isOnPath(word: string): boolean {
  const directories = (process.env.PATH ?? '').split(delimiter).filter(directory => directory !== '')
  return directories.some(directory => statsOf(join(directory, word))?.isFile() === true && isExecutable(join(directory, word)))
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function statsOf(path: string): Stats | null {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}
