// The programs: packages as their users run them.
import { fixture } from '../support/paths.ts'

export interface Program {
  readonly name: string
  /** Path below `node_modules` and arguments of a command; without it `fixtures/<name>.mjs` is run. */
  readonly command?: readonly string[]
  /** Files in `fixtures` whose markers say what the held run leaves open; the program itself by default. */
  readonly marked?: readonly string[]
  /** Processes and Workers that come to their end and report; one by default. */
  readonly reports?: number
  readonly needs?: readonly Need[]
  readonly env?: Readonly<Record<string, string>>
  /** What no two runs print alike. */
  readonly masks?: readonly RegExp[]
  /** The first Node that has what it takes. */
  readonly sinceNode?: number
}

/** What runs beside a program, told by an environment variable of the same name in capitals. */
export type Need = 'origin' | 'postgres' | 'mariadb' | 'redis'

export const programs: readonly Program[] = [
  { name: 'express' },
  { name: 'fastify' },
  { name: 'koa' },
  { name: 'undici', needs: ['origin'] },
  { name: 'got', needs: ['origin'] },
  { name: 'axios', needs: ['origin'] },
  { name: 'ws', needs: ['origin'] },
  { name: 'socket-io', needs: ['origin'] },
  { name: 'pg', needs: ['postgres'] },
  { name: 'mysql2', needs: ['mariadb'] },
  { name: 'ioredis', needs: ['redis'] },
  { name: 'node-sqlite', sinceNode: 22, masks: [/\(node:\d+\)/g] },
  { name: 'pino' },
  { name: 'winston' },
  { name: 'chokidar' },
  { name: 'execa', reports: 2 },
  { name: 'piscina' },
]

export function sourcesOf({ name, marked = [`${name}.mjs`] }: Program): readonly string[] {
  return marked.map(file => fixture('programs', file))
}
