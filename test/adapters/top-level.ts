import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { placesIn } from './outcome.ts'
import { runNode } from '../support/run.ts'
import { makeProject, packages } from './project.ts'
import { runProject } from './run-project.ts'

const opensNothing = (name: string) => `
const { describe, it } = globalThis
describe('${name}', () => { it('is clean', () => {}) })
`
const opensAtTheTop = (held: string) => `
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:http'
const { after, describe, it } = globalThis
const server = createServer().listen(0)
${held}
describe('b', () => {
  const fd = openSync('/dev/null')
  after(() => {
    closeSync(fd)
    server.close()
  })
  it('is clean', () => {})
})
`

/** With --watch Mocha loads them when it has begun to watch them, which is its own affair. */
async function watches({ runner, language }: Pick<RunnerCase, 'language' | 'runner'>, node: string): Promise<Finding> {
  const project = makeProject(runner, language, [])
  try {
    for (const name of ['a', 'b']) writeFileSync(join(project.folder, `${name}.test.cjs`), opensNothing(name))
    const { stdout, stderr } = await runNode({
      node, script: join(packages, 'mocha/bin/mocha.js'), cwd: project.folder, register: false,
      args: ['--watch', '--require', 'leakwatch/mocha', 'a.test.cjs', 'b.test.cjs'], signalAfterOutput: { output: 'waiting for changes', signal: 'SIGINT' },
    })
    const isRight = stdout.includes('2 passing') && !/failing|leak/.test(`${stdout}${stderr}`)
    return { title: 'the files that Mocha watches are not blamed on those in them', fault: isRight ? null : `${stdout}${stderr}` }
  } finally {
    project.remove()
  }
}

/** What stands at the top level of a file is opened before the tests of any, and closed by hooks of its own: only what they leave is told. */
export async function checkTopLevel({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  try {
    const files = ['a.test.mjs', 'b.test.mjs', 'c.test.mjs']
    for (const file of files) writeFileSync(join(project.folder, file), opensNothing(file))
    writeFileSync(join(project.folder, 'process.json'), '{ "tests": { "per": "process" } }')
    const run = async (held: string, env: Readonly<Record<string, string>>) => {
      writeFileSync(join(project.folder, 'b.test.mjs'), opensAtTheTop(held))
      return await runProject({ ...project, files }, { runner, language, node, args, env })
    }
    const findings = [await watches({ runner, language }, node)]
    for (const env of [{}, { LEAKWATCH_CONFIG: 'process.json' }]) for (const [held, blamed] of [['', ''], ["openSync('/dev/null')", 'b.test.mjs:6']] as const) {
      const { tests, beside, code, all } = await run(held, env)
      const isRight = tests.length === 3 && tests.every(({ state }) => state === 'passed') && placesIn(beside).join() === blamed && (code === 0) === (blamed === '')
      findings.push({ title: `of what was opened as files were loaded, blamed is: ${blamed}, ${Object.keys(env).length === 0 ? 'after the last file' : 'as the process ends'}`, fault: isRight ? null : all })
    }
    return findings
  } finally {
    project.remove()
  }
}
