import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { basename, extname } from 'node:path'

/** A command line, and what it has to be told so that leakwatch is loaded by it. */
export interface Start {
  readonly command: string
  readonly args: readonly string[]
  /** Added to the environment. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * How a program is started under a preload: what Node runs by itself, `node` or a file, in that process, and what it forks; any other command with all
 * processes of Node that it starts. By `-r`, which leaves it to Node how the program is loaded: after any `--import` Node 20 and 22 take each by the
 * loader of ESM, which asks no hook of `require`, and lets a child miss what it is sent as it starts (20).
 * @param preload Its path
 */
export function startOf([program, ...args]: readonly [string, ...string[]], preload: string): Start {
  if (program === 'node') return { command: process.execPath, args: ['-r', preload, ...args], env: {} }
  if (isForNode(program)) return { command: process.execPath, args: ['-r', preload, program, ...args], env: {} }
  const others = process.env.NODE_OPTIONS?.trim() ?? ''
  return { command: program, args, env: { NODE_OPTIONS: `-r ${JSON.stringify(preload)}${others === '' ? '' : ` ${others}`}` } }
}

const extensions = new Set(['.js', '.cjs', '.mjs', '.ts', '.cts', '.mts', '.jsx', '.tsx'])

function isForNode(program: string): boolean {
  if (extensions.has(extname(program))) return true
  if (existsSync(`${program}.js`)) return true
  if (!existsSync(program)) return false
  return statSync(program).isDirectory() || interpreterOf(program) === 'node'
}

// By its first line, as the system does it: `#!/usr/bin/env node`.
function interpreterOf(file: string): string | null {
  const bytes = Buffer.alloc(128)
  const fd = openSync(file, 'r')
  try {
    const [line = ''] = bytes.toString('latin1', 0, readSync(fd, bytes, 0, bytes.length, 0)).split('\n')
    if (!line.startsWith('#!')) return null
    const [interpreter = '', ...words] = line.slice(2).trim().split(/\s+/)
    const name = basename(interpreter)
    return name === 'env' ? words.find(word => !word.startsWith('-') && !word.includes('=')) ?? null : name
  } finally {
    closeSync(fd)
  }
}
