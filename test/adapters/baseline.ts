import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'
import type { Runner } from './runners.ts'

interface Step {
  readonly name: string
  /** What the tests leave open. */
  readonly kinds: string
  readonly update?: boolean
  /** Runs the tests alone that may leave `that`. */
  readonly isFiltered?: boolean
  readonly fails?: boolean
  /** What is named as fixed. */
  readonly fixed?: number
  /** What is on file when it is over, as what of it the tests leave. */
  readonly onFile: number
}

// Each on what the one before has left.
const steps: readonly Step[] = [
  { name: 'an update puts all on file', kinds: 'top this that another', update: true, onFile: 4 },
  { name: 'what is on file passes', kinds: 'top this that another', onFile: 4 },
  { name: 'what is fixed is named', kinds: 'that', fixed: 3, onFile: 4 },
  { name: 'not so what a filter left out', kinds: 'that', isFiltered: true, update: true, onFile: 4 },
  { name: 'nor what stands in a file of which a test fails', kinds: 'error another', update: true, fails: true, onFile: 4 },
  { name: 'an update takes out what is fixed', kinds: 'top that', update: true, onFile: 2 },
  { name: 'in the end all of it', kinds: '', update: true, onFile: 0 },
]

const filters: Readonly<Record<Runner, { readonly args?: readonly string[], readonly env?: Readonly<Record<string, string>> }>> = {
  tap: { env: { TAP_GREP: '/one/\n/that/' } },
  'node-test': { args: ['--test-name-pattern=that'] },
  mocha: { args: ['--grep', 'that'] },
  vitest: { args: ['-t', 'that'] },
  jest: { args: ['-t', 'that'] },
}

/** A baseline from its first entry to its last, with two files of tests. */
export async function checkBaseline({ runner, language, args = [], env = {} }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, ['baseline'])
  const path = join(project.folder, 'known.json')
  const findings: Finding[] = []
  try {
    for (const { name, kinds, update = false, isFiltered = false, fails = false, fixed = 0, onFile } of steps) {
      const filter = isFiltered ? filters[runner] : {}
      const { code, all } = await runProject(project, {
        runner, language, node, args: [...args, ...filter.args ?? []],
        env: { ...env, ...filter.env, KINDS: kinds, LEAKWATCH_BASELINE: path, ...update ? { LEAKWATCH_BASELINE_UPDATE: '1' } : {} },
      })
      const { leaks } = JSON.parse(readFileSync(path, 'utf8')) as { readonly leaks: readonly { readonly site: string, readonly programs: readonly string[] }[] }
      const found = { fails: code !== 0, fixed: update ? 0 : all.split(/\n(?:# )? *fixed {2}/).length - 1, onFile: leaks.length }
      const isSo = JSON.stringify(found) === JSON.stringify({ fails, fixed, onFile })
      findings.push({ title: name, fault: isSo ? null : `${JSON.stringify(found)} for ${JSON.stringify({ fails, fixed, onFile })}\n${JSON.stringify(leaks, null, 2)}\n${all}` })
    }
    return findings
  } finally {
    project.remove()
  }
}
