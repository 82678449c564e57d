// Runs one file of tests on one Node; each of its tests is a finding.
import type { Case, Finding } from '../programs/suite.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

/** The findings on one file of tests. */
export async function check({ name }: Case, node: string, env: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const { code, stdout, stderr, timedOut } = await runNode({
    node, env, register: false, flags: ['--expose-gc', '--test-reporter=tap'], script: fixture('integrations', `${name}.mjs`), timeoutMs: 120_000,
  })
  const results = [...stdout.matchAll(/^(not )?ok \d+ - (.*)$/gm)]
  const output = `${timedOut ? 'late\n' : ''}${stdout}${stderr}`
  const findings = results.map(([, not, title]) => ({ title: title!, fault: not === undefined ? null : faultOf(stdout, title!) }))
  const fault = code === 0 && results.length > 0 ? null : output
  return [...findings, { title: 'the tests come to their end', fault: findings.some(each => each.fault !== null) ? null : fault }]
}

function faultOf(tap: string, title: string): string {
  const from = tap.indexOf(`- ${title}`)
  const next = tap.indexOf('# Subtest', from)
  return tap.slice(from, next === -1 ? undefined : next)
}
