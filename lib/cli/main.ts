// cli: what a command line asks for, done with the rooms below. It knows arguments, saved files and programs to start; nothing is recorded
// here, but by `register` in the process that is started.
// Flow: arguments -> command -> run: environment -> program; report, diff: saved files -> Report -> text or another format.

import { readFileSync } from 'node:fs'
import { isLeakwatchError } from '../model/errors.ts'
import { meant } from '../model/settings/values.ts'
import { tell } from '../session/say.ts'
import { misused, readArgs } from './line/args.ts'
import { type CommandName, commands } from './line/commands.ts'
import { attach } from './attach.ts'
import { diff } from './diff.ts'
import { helpOf, helpOn } from './line/help.ts'
import { print } from './print.ts'
import { report } from './report.ts'
import { run } from './run.ts'

const misuse = 2

/**
 * Does what a command line asks for, and says what is wrong with it.
 * @param home URL of the folder of the entries
 * @returns The exit code
 */
export async function main(args: readonly string[], home: URL): Promise<number> {
  try {
    return await follow(args, home)
  } catch (error) {
    if (!isLeakwatchError(error)) throw error
    tell(error.message)
    return misuse
  }
}

async function follow([name, ...args]: readonly string[], home: URL): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(helpOf(commands))
    return name === undefined ? misuse : 0
  }
  if (name === '--version' || name === '-v') {
    print(`${versionOf(home)}\n`)
    return 0
  }
  if (!isCommand(name)) throw misused(`'${name}' is no command. ${meant(name, Object.keys(commands))} To run a program: leakwatch run ${name}`)
  const given = readArgs(args, commands[name])
  if (given.values.has('help')) {
    print(helpOn(commands[name]))
    return 0
  }
  switch (name) {
    case 'run':
      return await run(given, home)
    case 'attach':
      return await attach(given, home)
    case 'report':
      return report(given)
    case 'diff':
      return diff(given)
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name)
}

function versionOf(home: URL): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', home), 'utf8')) as { readonly version: string }).version
}
