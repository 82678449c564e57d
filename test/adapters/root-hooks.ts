import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import { runNode } from '../support/run.ts'
import type { RunnerCase } from './cases.ts'
import { readMocha } from './json-output.ts'
import { makeProject, packages } from './project.ts'

const hooks = `
const { closeSync, openSync } = require('node:fs')
const opened = globalThis.opened = []
exports.mochaHooks = {
  beforeEach() { opened.push(openSync('/dev/null')) },
  afterEach() { for (const fd of opened.splice(0)) closeSync(fd) },
  afterAll() { for (const fd of globalThis.kept) closeSync(fd) },
}
`
const suite = `
import { openSync } from 'node:fs'
const { describe, it } = globalThis
globalThis.kept = [openSync('/dev/null')]
describe('a', () => {
  it('leaves it to the hooks', () => { globalThis.opened.push(openSync('/dev/null')) })
  it('opens nothing', () => {})
  it('leaves it to nobody', () => { openSync('/dev/null') })
})
`

/** What root hooks close that are required before ours, or behind them, belongs to nobody; what they do not close does. */
export async function checkRootHooks({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  try {
    writeFileSync(join(project.folder, 'root-hooks.cjs'), hooks)
    writeFileSync(join(project.folder, 'hooked.test.mjs'), suite)
    const findings: Finding[] = []
    for (const required of [['leakwatch/mocha', './root-hooks.cjs'], ['./root-hooks.cjs', 'leakwatch/mocha']]) {
      const given = [...required.flatMap(name => ['--require', name]), '--reporter', 'json', ...args, 'hooked.test.mjs']
      const { stdout, stderr } = await runNode({ node, script: join(packages, 'mocha/bin/mocha.js'), cwd: project.folder, register: false, args: given })
      const { tests } = readMocha(stdout, stderr)
      const failed = tests.filter(({ state }) => state === 'failed').map(({ title }) => title)
      const isRight = tests.length === 3 && failed.join() === 'leaves it to nobody'
      findings.push({ title: `required in the order ${required.join(', ')}`, fault: isRight ? null : `${stdout}${stderr}` })
    }
    return findings
  } finally {
    project.remove()
  }
}
