import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

const environment = `
const { createServer } = require('net')
const { watched } = require('leakwatch/jest')
const { TestEnvironment } = require('jest-environment-node')
module.exports = watched(class extends TestEnvironment {
  async setup() {
    await super.setup()
    this.server = createServer().listen(0)
  }
  async teardown() {
    this.server.close()
    await super.teardown()
  }
})
`
const suite = `
const { openSync } = require('fs')
test('opens nothing', () => {})
test('leaves something', () => { openSync(__filename) })
`

/** What an environment opens in its set-up it closes in its teardown, when its tests are judged: it is none of theirs. */
export async function checkEnvironment({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  try {
    writeFileSync(join(project.folder, 'environment.cjs'), environment)
    for (const name of ['one', 'other']) writeFileSync(join(project.folder, `${name}.test.cjs`), suite)
    const files = ['one.test.cjs', 'other.test.cjs']
    const { tests, beside, all } = await runProject({ ...project, files }, { runner, language, node, args })
    const failed = tests.filter(({ state }) => state === 'failed').map(({ title }) => title)
    const isRight = tests.length === 4 && failed.join() === 'leaves something,leaves something' && !beside.includes('leak')
    return [{ title: 'the tests alone are blamed, for what they left', fault: isRight ? null : all }]
  } finally {
    project.remove()
  }
}
