import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'

const said = 'leakwatch: the tests are over, but the process goes on.'

/** A process that goes on when its tests are over is told what holds it. It is ended once that is said. */
export async function checkHang({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, ['settings/hang.test.ts'])
  try {
    const [file] = project.files as [string]
    const line = readFileSync(join(project.folder, file), 'utf8').split('\n').findIndex(text => text.endsWith('// HANGS')) + 1
    const signalAfterOutput = { output: `${file}:${line}:`, signal: 'SIGTERM' } as const
    const { all } = await runProject(project, { runner, language, node, args, signalAfterOutput, timeoutMs: 20_000, env: { LEAKWATCH_CONFIG: 'hang.json' } })
    const lines = all.slice(Math.max(0, all.indexOf(said))).split('\n')
    const names = lines.some(text => text.includes('TCP server started at') && text.includes(signalAfterOutput.output))
    return [{ title: 'what keeps the process running is told with its line', fault: all.includes(said) && names ? null : all }]
  } finally {
    project.remove()
  }
}
