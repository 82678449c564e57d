// How each runner is started, and how its output is read.
import { join } from 'node:path'
import { readJest, readMocha, readVitest } from './json-output.ts'
import type { Output } from './outcome.ts'
import { packages } from './project.ts'
import { readTap } from './tap-output.ts'

export type Runner = 'tap' | 'node-test' | 'mocha' | 'vitest' | 'jest'

export interface Started {
  /** Flags of Node. */
  readonly flags?: readonly string[]
  readonly script: string
  readonly args: readonly string[]
}

export interface RunnerRow {
  /** The commands that run some files, one after the other. */
  readonly start: (files: readonly string[], args: readonly string[]) => readonly Started[]
  /** Where the output is written to, unless it is standard output. */
  readonly output: string | null
  readonly read: (output: string, stderr: string) => Output
  /** What holds tests is a test itself. */
  readonly suitesAreTests: boolean
}

const json = 'results.json'
const bin = (path: string) => join(packages, path)

export const runners: Readonly<Record<Runner, RunnerRow>> = {
  // A file of tests is a program; with arguments tap's own command runs them.
  tap: {
    start: (files, args) => args.length === 0
      ? files.map(file => ({ script: file, args: [] }))
      : [{ script: bin('tap/dist/esm/run.mjs'), args: ['--reporter=tap', '--disable-coverage', ...args, ...files] }],
    output: null, read: readTap, suitesAreTests: true,
  },
  'node-test': {
    start: (files, args) => [{ flags: ['--import', 'leakwatch/node-test'], script: '--test', args: ['--test-reporter=tap', ...args, ...files] }],
    output: null, read: readTap, suitesAreTests: false,
  },
  mocha: {
    start: (files, args) => [{ script: bin('mocha/bin/mocha.js'), args: ['--require', 'leakwatch/mocha', '--reporter', 'json', '--reporter-option', `output=${json}`, ...args, ...files] }],
    output: json, read: readMocha, suitesAreTests: false,
  },
  vitest: {
    start: (_files, args) => [{ script: bin('vitest/vitest.mjs'), args: ['run', '--configLoader=native', '--reporter=json', `--outputFile=${json}`, ...args] }],
    output: json, read: readVitest, suitesAreTests: false,
  },
  jest: {
    start: (_files, args) => [{ script: bin('jest/bin/jest.js'), args: ['--ci', '--json', `--outputFile=${json}`, ...args] }],
    output: json, read: readJest, suitesAreTests: false,
  },
}
