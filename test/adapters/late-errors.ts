import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

const suites = (delayMs: number) => `
const { before, describe, it } = globalThis
describe('a', () => {
  before(() => { setTimeout(() => { throw new Error('an error of its own') }, ${delayMs}) })
  for (let count = 0; count < 6; count++) it('a ' + count, () => {})
})
// Where the error has failed it, it calls nothing: done twice is an error of its own for Mocha, and the end of all where the run is over by then.
const last = done => {
  const timer = setTimeout(done, 20)
  process.once('uncaughtException', () => clearTimeout(timer))
}
describe('b', () => { for (let count = 0; count < 6; count++) it('b ' + count, count === 5 ? last : () => {}) })
`

/** An error that nobody catches fails the test that runs, or has run: wherever it lands between tests and hooks, the others are run. */
export async function checkLateErrors({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  try {
    const findings: Finding[] = []
    for (const delayMs of [1, 2, 3, 4, 5, 6, 8, 10]) {
      writeFileSync(join(project.folder, 'late.test.mjs'), suites(delayMs))
      const { tests, code, all } = await runProject({ ...project, files: ['late.test.mjs'] }, { runner, language, node, args })
      const run = new Set(tests.map(({ title }) => title).filter(title => /^[ab] /.test(title)))
      findings.push({ title: `after ${delayMs} ms all tests run, and the run fails`, fault: run.size === 12 && code === 1 ? null : all })
    }
    return findings
  } finally {
    project.remove()
  }
}
