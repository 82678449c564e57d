import { parseArgs } from 'node:util'
import { LeakwatchError } from '../../model/errors.ts'
import { meant } from '../../model/settings/values.ts'

export interface Flag {
  /** What stands for its value in the help; null for one that takes none. */
  readonly value: string | null
  /** What it asks for, for the help. */
  readonly about: string
}

export type Flags = Readonly<Record<string, Flag>>

export interface Command {
  /** How it is called, without its flags. */
  readonly usage: string
  readonly about: string
  readonly flags: Flags
  /** Whether the first word that is no flag ends them: what follows is the command line of a program. */
  readonly isRunner: boolean
}

/** What a command was given. */
export interface Given {
  /** By flag; empty for one that takes no value. */
  readonly values: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

/** @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` */
export function readArgs(args: readonly string[], { flags, isRunner }: Command): Given {
  const options = Object.fromEntries(Object.entries(flags).map(([name, { value }]) => [name, { type: value === null ? 'boolean' as const : 'string' as const, ...name === 'help' ? { short: 'h' } : {} }]))
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const values = new Map<string, string>()
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'option') values.set(token.name, valueOf(token, flags))
    else if (isRunner) return { values, words: args.slice(token.kind === 'positional' ? token.index : token.index + 1) }
    else if (token.kind === 'positional') words.push(token.value)
  }
  return { values, words }
}

function valueOf({ name, rawName, value }: { readonly name: string, readonly rawName: string, readonly value?: string | undefined }, flags: Flags): string {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag === undefined) throw misused(`Unknown flag '${rawName}'. ${meant(rawName, Object.keys(flags).map(flagged))}`)
  if (flag.value === null && value !== undefined) throw misused(`${rawName} takes no value, but was given '${value}'.`)
  if (flag.value !== null && (value === undefined || value.trim() === '' || value.startsWith('--'))) throw misused(`${rawName} wants a value: ${rawName} ${flag.value}.`)
  return value ?? ''
}

/** A flag as it is written. */
export function flagged(name: string): string {
  return `--${name}`
}

/** The error of a command line that can't be followed. */
export function misused(message: string): LeakwatchError {
  return new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', message)
}
