import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

const suites: Readonly<Record<string, string>> = {
  'empty.test.cjs': "test('is empty', () => {})\n",
  'opens.test.cjs': "const fs = require('fs')\ntest('opens and closes', () => { fs.closeSync(fs.openSync(__filename)) })\ntest('waits', done => { setTimeout(done, 10) })\n",
  'handle.test.cjs': "const { open } = require('fs/promises')\ntest('opens and closes a handle', async () => { await (await open(__filename)).close() })\n",
}

/** What watches the tests of a file holds on to nothing of it once it is over: the runner's own detector finds the realm collected. */
export async function checkMemory({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  try {
    for (const [name, text] of Object.entries(suites)) writeFileSync(join(project.folder, name), text)
    const { tests, code, all } = await runProject({ ...project, files: Object.keys(suites) }, { runner, language, node, args })
    return [{ title: 'each file is collected', fault: tests.length === 4 && code === 0 ? null : all }]
  } finally {
    project.remove()
  }
}
