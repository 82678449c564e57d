import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

/** Tests that leave nothing open pass, and what judges and tells is not even loaded for them: runners hold things of their own. */
export async function checkClean({ runner, language, args = [], env = {} }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, ['settings/clean.test.ts'])
  try {
    const coverage = join(project.folder, 'coverage')
    mkdirSync(coverage)
    const { tests, code, all } = await runProject(project, { runner, language, node, args, env: { ...env, NODE_V8_COVERAGE: coverage } })
    const run = readdirSync(coverage).map(file => readFileSync(join(coverage, file), 'utf8')).join('')
    const isRun = (name: string) => run.includes(`/leakwatch/dist/lib/${name}`)
    return [
      { title: 'tests that leave nothing open pass', fault: code === 0 && tests.length >= 4 ? null : all },
      { title: 'what records them is run', fault: isRun('adapters.cjs') ? null : all },
      { title: 'what judges and tells is not', fault: isRun('adapters-reports.cjs') ? 'adapters-reports.cjs was run' : null },
    ]
  } finally {
    project.remove()
  }
}
