import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import { runNode } from '../support/run.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'

const never = `import t from 'tap'
import { watchTests } from 'leakwatch/tap'
watchTests(t)
t.test('passes', async () => {})
t.test('never ends', () => {})
`

/** A test that has not ended as the process does is told as it is without leakwatch, point by point. */
export async function checkUnfinished({ runner, language }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  const script = join(project.folder, 'unfinished.mjs')
  writeFileSync(script, never)
  const points = async (mode: string) => {
    const { stdout } = await runNode({ node, script, cwd: project.folder, register: false, env: { LEAKWATCH: mode, TAP: '1' } })
    return stdout.match(/^ *(?:(?:not )?ok|\d+\.\.).*?(?= # time|$)/gm)?.join('\n') ?? ''
  }
  try {
    const [without, watched] = [await points('off'), await points('full')]
    return [{ title: 'each test has its point', fault: watched === without && /not ok .* never ends/.test(watched) ? null : `${without}\n\n${watched}` }]
  } finally {
    project.remove()
  }
}
