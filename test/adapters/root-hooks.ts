import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

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

/** What root hooks close that were required before ours, or behind them, belongs to nobody; what they do not close does. */
export async function checkRootHooks({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  try {
    writeFileSync(join(project.folder, 'root-hooks.cjs'), hooks)
    writeFileSync(join(project.folder, 'hooked.test.mjs'), suite)
    const findings: Finding[] = []
    for (const [order, given] of [['behind ours', args], ['before ours', [...args, '--require', 'leakwatch/mocha']]] as const) {
      const config = order === 'before ours' ? { require: ['./root-hooks.cjs'] } : {}
      writeFileSync(join(project.folder, '.mocharc.json'), JSON.stringify(config))
      const { tests, all } = await runProject({ ...project, files: ['hooked.test.mjs'] }, { runner, language, node, args: given })
      const failed = tests.filter(({ state }) => state === 'failed').map(({ title }) => title)
      findings.push({ title: `hooks ${order}`, fault: tests.length === 3 && failed.join() === 'leaves it to nobody' ? null : all })
    }
    return findings
  } finally {
    project.remove()
  }
}
