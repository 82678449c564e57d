import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

/**
 * Tests that leave nothing open pass, and what judges and tells is not even run for them: runners hold things of their own. Where they open
 * nothing, neither is what records.
 */
export async function checkClean(runnerCase: RunnerCase, node: string): Promise<readonly Finding[]> {
  return [...await checkRun('clean', runnerCase, node), ...await checkRun('empty', runnerCase, node)]
}

async function checkRun(fixture: 'clean' | 'empty', { runner, language, args = [], env = {} }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [`settings/${fixture}.test.ts`])
  // An option in package.json would have options read: there is none to be had here.
  if (fixture === 'empty') writeFileSync(join(project.folder, 'package.json'), '{ "private": true, "type": "module" }')
  try {
    const coverage = join(project.folder, 'coverage')
    mkdirSync(coverage)
    const { tests, code, all } = await runProject(project, { runner, language, node, args, env: { ...env, NODE_V8_COVERAGE: coverage } })
    const run = readdirSync(coverage).map(file => readFileSync(join(coverage, file), 'utf8')).join('')
    const isRun = (name: string) => run.includes(`/leakwatch/dist/lib/${name}`)
    // Each environment of Jest has its fake timers make a timer, to see what kind there are.
    const recorder = fixture === 'clean' || runner === 'jest' ? [] : ['adapters-recorder.cjs']
    const idle = ['adapters-reports.cjs', ...recorder, ...fixture === 'clean' ? [] : ['adapters-options.cjs']]
    return [
      { title: `${fixture}: the tests pass`, fault: code === 0 && tests.length >= 3 ? null : all },
      { title: `${fixture}: what stands by is run`, fault: isRun('adapters.cjs') ? null : all },
      ...idle.map(name => ({ title: `${fixture}: ${name} is not`, fault: isRun(name) ? `${name} was run` : null })),
    ]
  } finally {
    project.remove()
  }
}
