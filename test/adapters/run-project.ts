import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RunOptions, runNode } from '../support/run.ts'
import type { Output } from './outcome.ts'
import type { Language, Project } from './project.ts'
import { type Runner, runners } from './runners.ts'

export interface RunnerOptions extends Pick<RunOptions, 'signalAfterOutput' | 'env' | 'timeoutMs'> {
  readonly runner: Runner
  readonly language: Language
  readonly node: string
  readonly args?: readonly string[]
}

export interface Result extends Output {
  readonly code: number | null
  /** All that was printed. */
  readonly all: string
}

/** Runs the tests of a project. */
export async function runProject({ folder, files }: Project, { runner, language, node, args = [], env = {}, signalAfterOutput, timeoutMs = 120_000 }: RunnerOptions): Promise<Result> {
  const { start, output, read } = runners[runner]
  const results: Result[] = []
  for (const { flags = [], script, args: given } of start(files, args)) {
    const run = await runNode({
      node, script, cwd: folder, args: given, register: false, timeoutMs, env: { CI: '1', ...env },
      flags: [...runner === 'vitest' || runner === 'jest' ? [] : typescriptFlags(language, node), ...flags],
      ...signalAfterOutput === undefined ? {} : { signalAfterOutput },
    })
    const path = output === null ? null : join(folder, output)
    const text = path === null ? run.stdout : existsSync(path) ? readFileSync(path, 'utf8') : null
    const all = `${run.timedOut ? 'late\n' : ''}${run.stdout}${run.stderr}`
    const found = text === null ? { tests: [], beside: all } : read(text, run.stderr)
    results.push({ ...found, code: run.code ?? NaN, all })
  }
  return {
    tests: results.flatMap(({ tests }) => tests),
    beside: results.map(({ beside }) => beside).join('\n'),
    code: results.find(({ code }) => code !== 0)?.code ?? 0,
    all: results.map(({ all }) => all).join('\n'),
  }
}

// Node reads TypeScript itself since 22.18.
function typescriptFlags(language: Language, node: string): readonly string[] {
  return language === 'typescript' && node === process.execPath ? ['--import', 'tsx'] : []
}
