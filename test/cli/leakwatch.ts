// The command as it is installed, in a clean environment.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { inRoot } from '../support/paths.ts'
import { type CommandOptions, type Ended, runCommand } from '../support/run.ts'

export function leakwatch(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return runCommand([process.execPath, inRoot('dist/lib/bin.js'), ...args], options)
}

/** A folder that goes with the test. */
export function scratch(t: Test): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-cli-')))
  t.teardown(() => rmSync(directory, { recursive: true }))
  return directory
}
