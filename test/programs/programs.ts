// The programs: packages as their users run them.
import { fixture } from '../support/paths.ts'
import type { Case } from './suite.ts'

export interface Program extends Case {
  /** Path below `node_modules` and arguments of a command; without it `fixtures/<name>.mjs` is run. */
  readonly command?: readonly string[]
  /** Folder in `fixtures` that is copied into the working directory, where there is one; the name by default. */
  readonly project?: string
  /** `HELD` in the environment of the held run; 1 by default. */
  readonly held?: string
  /** Files in `fixtures` whose markers say what the held run leaves open; the program itself by default. */
  readonly marked?: readonly string[]
  /** Names of files that native code, whose opening no tap sees, keeps open in the held run. */
  readonly native?: readonly string[]
  /** So many processes and Workers at least come to their end and report; one by default. */
  readonly reports?: number
  /** The package that the held leak is put on where the program's own line is out of reach. */
  readonly packageAlone?: string
  /** Scopes that the leaks of the held run belong to. */
  readonly scopes?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What no two runs print alike. */
  readonly masks?: readonly RegExp[]
  /** `free` where lines of parallel work come as they come. */
  readonly order?: 'kept' | 'free'
}

export const programs: readonly Program[] = [
  { name: 'express' },
  { name: 'express-scopes', scopes: ['GET /orders/2', 'POST /orders/3'] },
  { name: 'fastify' },
  { name: 'fastify-scopes', scopes: ['GET /orders/:id 2', 'POST /orders/:id 3'] },
  { name: 'koa' },
  { name: 'undici', needs: ['origin'] },
  { name: 'got', needs: ['origin'], packageAlone: 'got' },
  { name: 'axios', needs: ['origin'] },
  { name: 'ws', needs: ['origin'] },
  { name: 'socket-io', needs: ['origin'] },
  { name: 'pg', needs: ['postgres'] },
  { name: 'mysql2', needs: ['mariadb'] },
  { name: 'ioredis', needs: ['redis'] },
  { name: 'node-sqlite', sinceNode: 22, masks: [/\(node:\d+\)/g], marked: [], native: ['orders.db'] },
  { name: 'pino', reports: 2 },
  { name: 'winston' },
  { name: 'chokidar', packageAlone: 'chokidar' },
  { name: 'execa', reports: 2 },
  { name: 'piscina' },
  { name: 'esbuild' },
  { name: 'vite' },
  { name: 'tsc', project: 'typescript', command: ['typescript/bin/tsc', '-p', '.'], marked: [] },
  { name: 'typescript' },
  {
    name: 'npm', command: ['npm/bin/npm-cli.js', 'run', 'all'], marked: ['npm/npm-work.mjs'], reports: 8,
    masks: [/ in \d+m?s/g, /.*(_logs|size|shasum|integrity).*/g],
  },
  { name: 'mocha', command: ['mocha/bin/mocha.js'], marked: ['mocha/server.spec.mjs'], masks: [/ \(\d+m?s\)/g] },
  { name: 'mocha-parallel', project: 'mocha', command: ['mocha/bin/mocha.js', '--parallel', '--jobs', '2'], marked: ['mocha/server.spec.mjs'], masks: [/ \(\d+m?s\)/g], order: 'free', reports: 3 },
  { name: 'vitest-forks', ...vitest('forks') },
  { name: 'vitest-threads', ...vitest('threads') },
  { name: 'jest', ...jest('--maxWorkers=2'), held: 'setup', marked: ['jest/setup.cjs'], order: 'free' },
  { name: 'jest-in-band', ...jest('--runInBand'), held: 'test', marked: ['jest/server.test.cjs'] },
]

// Its workers are killed where they take long to end, and jest says so.
function jest(workers: string): Omit<Program, 'name'> {
  return { project: 'jest', command: ['jest/bin/jest.js', '--ci', workers], masks: [/ \(\d[\d.]* m?s\)|Time: .*|A worker process has failed to exit gracefully .*\n/g] }
}

// Its workers are killed once they are done: only the main process comes to its end.
function vitest(pool: string): Omit<Program, 'name'> {
  return { project: 'vitest', command: ['vitest/vitest.mjs', 'run', '--configLoader', 'native'], env: { POOL: pool }, marked: ['vitest/vitest.config.mjs'], order: 'free', masks: [/(?<=ok )\d+|time=[\d.]+ms/g] }
}

export function sourcesOf({ name, marked = [`${name}.mjs`] }: Program): readonly string[] {
  return marked.map(file => fixture('programs', file))
}
