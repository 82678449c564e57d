import { type ChildProcess, type SerializationType, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import { textOf } from '../model/text/thrown.ts'
import { misused } from './line/args.ts'
import type { Start } from './program.ts'

const passedOn: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGALRM']
// What a terminal tells the program by itself.
const ofTerminals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/**
 * Runs a program in the place of this process: with its streams, signals, messages and environment. Where Node can (22.15 and later) it becomes that process.
 * Else it resolves with the exit code, or ends this process by the signal that the program ended by.
 * @param more Signals that are passed on besides
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where it can't be started
 */
export function codeOf({ command, args, env: added }: Start, more: readonly NodeJS.Signals[] = []): Promise<number> {
  const env = { ...process.env, ...added }
  // Other programs than Node would take over what this process does about signals; a channel for messages does not outlive it.
  if (command === process.execPath && process.send === undefined) become([command, ...args], env)
  return new Promise((resolve, reject) => {
    const child = started(command, args, env)
    const signals = new Set([...passedOn, ...ofTerminals, ...more])
    const passOn = (signal: NodeJS.Signals) => {
      if (!ofTerminals.includes(signal) || ![0, 1, 2].some(isatty)) child.kill(signal)
    }
    for (const signal of signals) process.on(signal, passOn)
    child.once('error', error => reject(refused(command, error)))
    child.once('exit', (code, signal) => {
      for (const each of signals) process.removeListener(each, passOn)
      // At this one Node would open its inspector.
      if (signal !== null && signal !== 'SIGUSR1') process.kill(process.pid, signal)
      resolve(code ?? 128 + constants.signals[signal!])
    })
  })
}

function become(args: readonly string[], env: NodeJS.ProcessEnv): void {
  const { execve } = process as { execve?(file: string, args: readonly string[], env: NodeJS.ProcessEnv): never }
  if (execve === undefined) return
  // It is told to be experimental.
  process.removeAllListeners('warning')
  try {
    Reflect.apply(execve, process, [args[0]!, args, env])
  } catch {
    // It may not be allowed (--permission): a child will do.
  }
}

function started(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  try {
    if (process.send === undefined) return spawn(command, args, { stdio: 'inherit', env })
    const child = spawn(command, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env, serialization: serialization() })
    relay(child)
    return child
  } catch (error) {
    throw refused(command, error as NodeJS.ErrnoException)
  }
}

// As the parent has chosen for its messages. Node takes the variable out of the environment; where the kernel does not show it any more, they go as JSON.
function serialization(): SerializationType {
  return environmentAtStart().includes('\0NODE_CHANNEL_SERIALIZATION_MODE=advanced\0') ? 'advanced' : 'json'
}

function environmentAtStart(): string {
  try {
    return `\0${readFileSync('/proc/self/environ', 'latin1')}`
  } catch {
    return ''
  }
}

// Messages of a parent that has started this process for them. What is sent to one that has just let go of the channel is lost, as it is without us.
function relay(child: ChildProcess): void {
  process.on('message', (message, handle) => void child.send(message as object, handle as never, undefined, lost))
  child.on('message', (message, handle) => void process.send!(message, handle, undefined, lost))
  process.once('disconnect', () => { if (child.connected) child.disconnect() })
  child.once('disconnect', () => { if (process.connected) process.disconnect() })
}

function lost(): void {
  // Without a listener the failure would be an error of this process.
}

function refused(command: string, error: NodeJS.ErrnoException): Error {
  if (error.code === 'ENOENT') return misused(`'${command}' is neither a file for Node nor a command. leakwatch run wants a program, such as app.js.`)
  return misused(`'${command}' can't be run (${textOf(error)}).`)
}
