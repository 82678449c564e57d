import { resolve as absolute } from 'node:path'
import { textOf } from '../../model/text/thrown.ts'
import { readConfig } from '../../session/options/config.ts'
import { readEnv } from '../../session/options/env.ts'
import { findOptions } from '../../session/options/file.ts'
import type { Env } from '../../session/options/plan.ts'
import { flagged, type Given, misused } from './args.ts'

const paths = new Set(['output', 'baseline', 'config'])
const switches: Readonly<Record<string, string>> = { chain: 'on', 'baseline-update': '1' }

/**
 * The variables of `register` that flags stand for.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where `register` would not understand them
 */
export function variablesOf(values: Given['values']): Readonly<Record<string, string>> {
  const asked = Object.fromEntries([...values].map(([flag, value]) => [variableOf(flag), valueOf(flag, value)]))
  const note = notesOn({ ...process.env, ...asked }).find(each => Object.hasOwn(asked, subjectOf(each)))
  if (note === undefined) return asked
  const isGiven = (variable: string) => Object.hasOwn(process.env, variable) && !Object.hasOwn(asked, variable)
  throw misused(note.replaceAll(/\bLEAKWATCH(?:_([A-Z_]+))?\b/g, (variable, name: string | undefined) => isGiven(variable) ? variable : flagged(flagOf(name))))
}

// What is wrong with the environment alone is told by `register`. What is wrong in a file of options begins with its path.
function subjectOf(note: string): string {
  return /^LEAKWATCH(?:_[A-Z_]+)?\b/.exec(note)?.[0] ?? 'LEAKWATCH_CONFIG'
}

// Wherever the program is started from in the end, a path is told from here.
function valueOf(flag: string, value: string): string {
  try {
    return switches[flag] ?? (paths.has(flag) ? absolute(value) : value)
  } catch (error) {
    throw misused(`--${flag} ${value} can't be told from here: the directory is gone (${textOf(error)}). Give an absolute path.`)
  }
}

function variableOf(flag: string): string {
  return flag === 'mode' ? 'LEAKWATCH' : `LEAKWATCH_${flag.replaceAll('-', '_').toUpperCase()}`
}

function flagOf(variable: string | undefined): string {
  return variable === undefined ? 'mode' : variable.toLowerCase().replaceAll('_', '-')
}

function notesOn(env: Env): readonly string[] {
  return readEnv(env, readConfig(findOptions(env, null))).notes
}
