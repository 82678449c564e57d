import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { misused } from './line/args.ts'
import type { Start } from './program.ts'

const stdin = 0
const passedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR2']
// What a terminal tells the program by itself.
const ofTerminals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/**
 * Starts a program in the place of this process: with its streams, signals and environment. Resolves with its exit code, or ends this process by the
 * signal that the program ended by.
 * @param more Signals that are passed on besides
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where it can't be started
 */
export function codeOf({ command, args, env }: Start, more: readonly NodeJS.Signals[] = []): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
    const signals = new Set([...passedOn, ...ofTerminals, ...more])
    const passOn = (signal: NodeJS.Signals) => {
      if (!ofTerminals.includes(signal) || !isatty(stdin)) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, passOn)
    child.once('error', error => reject(refused(command, error)))
    child.once('exit', (code, signal) => {
      for (const each of signals) process.removeListener(each, passOn)
      if (signal !== null) process.kill(process.pid, signal)
      resolve(code ?? 128 + constants.signals[signal!])
    })
  })
}

function refused(command: string, { code, message }: NodeJS.ErrnoException): Error {
  if (code === 'ENOENT') return misused(`'${command}' is neither a file for Node nor a command. leakwatch run wants a program, such as app.js.`)
  return misused(`'${command}' can't be run (${message}).`)
}
