// What the running Node calls its resources, and which of them a program makes it announce.
import { execFileSync } from 'node:child_process'
import { inRoot } from './paths.ts'

/** The names of all types that the running Node may announce, read from its inside. */
export function providers(): readonly string[] {
  const program = "Object.keys(require('internal/test/binding').internalBinding('async_wrap').Providers).join()"
  return run('--expose-internals', '-p', program).trim().split(',')
}

/** The types that a line of code makes the running Node announce before the process ends. */
export function announces(code: string): readonly string[] {
  const program = `const types = new Set()
    require('async_hooks').createHook({ init: (_asyncId, type) => void types.add(type) }).enable()
    process.on('exit', () => require('fs').writeSync(1, [...types].join()))
    ${code}`
  return run('-e', program).split(',')
}

function run(...args: readonly string[]): string {
  return execFileSync(process.execPath, ['--no-warnings', ...args], { cwd: inRoot('.'), encoding: 'utf8', env: { PATH: process.env.PATH } })
}
