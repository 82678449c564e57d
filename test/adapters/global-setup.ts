import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { placesIn } from './outcome.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

const setup = `const { closeSync, openSync } = require('node:fs')
const kept = []
exports.mochaGlobalSetup = async () => {
  kept.push(openSync('/dev/null'))
  kept.push(openSync('/dev/zero'))
}
exports.mochaGlobalTeardown = async () => { for (const fd of kept.splice(0, CLOSED)) closeSync(fd) }
`

/** What a global set-up opens is open while the tests run, and no file's: it is told as the process ends. */
export async function checkGlobalSetup({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, ['settings/clean.test.ts'])
  try {
    const findings: Finding[] = []
    for (const [closed, places] of [[2, []], [1, ['setup.cjs:5']]] as const) {
      writeFileSync(join(project.folder, 'setup.cjs'), setup.replace('CLOSED', String(closed)))
      const { tests, code, all } = await runProject(project, { runner, language, node, args: ['--require', './setup.cjs', ...args] })
      const isSo = placesIn(all).join() === places.join() && code === places.length && tests.length >= 3
      findings.push({ title: `of two that it opens the teardown closes ${closed}`, fault: isSo ? null : all })
    }
    return findings
  } finally {
    project.remove()
  }
}
