import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import { runNode } from '../support/run.ts'
import type { RunnerCase } from './cases.ts'
import { makeProject } from './project.ts'

const top = `import t from 'tap'
import { watchTests } from 'leakwatch/tap'
watchTests(t)
`

const never = `${top}t.test('passes', async () => {})
t.test('never ends', () => {})
`

const late = `${top}await t.test('is early', async () => {})
await new Promise(resolve => setTimeout(resolve, 100))
await t.test('is late', async () => {})
`

const synchronous = `${top}t.test('around', t => {
  let begun = 0
  t.test('is first', t => { t.equal(begun, 0); t.end() })
  begun++
  t.test('is second', t => { t.equal(begun, 1); t.end() })
  begun++
  t.end()
})
`

const held = `${top}import { createServer } from 'node:net'
createServer().listen(0)
t.test('passes', async () => {})
setTimeout(() => process.exit(), 4000).unref()
`

const bailing = `${top}import { openSync } from 'node:fs'
t.test('leaks', async () => { openSync('/dev/null') })
`

/**
 * A test that has not ended as the process does, one that comes when those before it are over, and those that end within a call
 * are told as they are without leakwatch, point by point; and what keeps the process running makes the file fail, though the process does not end.
 * The point at which a run ends with --bail has the leak.
 */
export async function checkUnfinished({ runner, language }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, [])
  const run = async (text: string, env: Readonly<Record<string, string>>) => {
    const script = join(project.folder, 'unfinished.mjs')
    writeFileSync(script, text)
    return await runNode({ node, script, cwd: project.folder, register: false, env: { TAP: '1', ...env } })
  }
  const points = async (text: string, mode: string) => (await run(text, { LEAKWATCH: mode })).stdout.match(/^ *(?:(?:not )?ok|\d+\.\.).*?(?= # time|$)/gm)?.join('\n') ?? ''
  const compare = async (title: string, text: string, point: RegExp): Promise<Finding> => {
    const [without, watched] = [await points(text, 'off'), await points(text, 'full')]
    return { title, fault: watched === without && point.test(watched) ? null : `${without}\n\n${watched}` }
  }
  try {
    const bail = await run(bailing, { TAP_BAIL: '1' })
    const { code, stderr } = await run(held, { LEAKWATCH_CONFIG: 'hang.json' })
    return [
      await compare('each test has its point', never, /not ok .* never ends/),
      await compare('a test that comes late has its point', late, /^ok 2 - is late/m),
      await compare('a test without a promise ends within the call that begins it', synchronous, /^    ok 2 - is second/m),
      { title: 'a leak that ends the run stands with the point of its test', fault: /not ok 1 - leaks.*\n[^]*1 file descriptor opened at unfinished\.mjs:5:/.test(bail.stdout) ? null : bail.stdout },
      { title: 'what keeps the process running makes its file fail', fault: code === 1 && /LeakError: .*\s+1 TCP server started at unfinished\.mjs:5:/.test(stderr) ? null : `${code}\n\n${stderr}` },
    ]
  } finally {
    project.remove()
  }
}
