import { resolve as absolute } from 'node:path'
import { firstDirectory } from '../../collect/snapshot/listing.ts'
import type { Group } from '../../model/resource.ts'
import { type Settings, unaskedSettings } from '../../model/settings/settings.ts'
import { defaultTests, type TestSettings } from '../tests/defaults.ts'

/** Variables of the environment. */
export type Env = Readonly<Record<string, string | undefined>>

export type When = 'exit' | 'signal' | 'emfile' | 'threshold'
export type Format = 'text' | 'json' | 'github' | 'junit' | 'sarif' | 'html' | 'pprof'

/** Those that are a whole document: a program that reads them wants one also when there is nothing to tell. */
export const documents: ReadonlySet<Format> = new Set(['json', 'junit', 'sarif', 'html', 'pprof'])

/** What is asked of `register` and of the adapters. */
export interface Plan {
  readonly settings: Settings
  readonly tests: TestSettings
  readonly format: Format
  /** Null for standard error. */
  readonly output: string | null
  readonly when: ReadonlySet<When>
  readonly signal: NodeJS.Signals | null
  /** Exit code when there are leaks and the program itself succeeded; null leaves it alone. */
  readonly exitCode: number | null
  /** What was given and not understood, each a sentence for standard error. */
  readonly notes: readonly string[]
}

/** The plan of those who ask for nothing, where such groups are recorded by default. */
export function unaskedPlan(groups: readonly Group[]): Plan {
  return { settings: unaskedSettings(groups), tests: defaultTests, format: 'text', output: null, when: unaskedWhen, signal: null, exitCode: null, notes: [] }
}

export const unaskedWhen: ReadonlySet<When> = new Set(['exit', 'emfile'])

/** The file that a variable names. Where the program goes later is its own affair. */
export function fromStart(path: string): string {
  return absolute(firstDirectory ?? '/', path)
}

/** Whether a variable is meant for leakwatch, misspelt or not. */
export function isOurs(name: string): boolean {
  // No expression: one that leaves case out of account takes V8 a quarter of a megabyte to make (20).
  if (name[0] !== 'L' && name[0] !== 'l') return false
  return name.slice(0, prefix.length).toUpperCase() === prefix && (name.length === prefix.length || name[prefix.length] === '_')
}

const prefix = 'LEAKWATCH'
