import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { expectedOf } from './expected.ts'
import { endingOf, placesIn } from './outcome.ts'
import { makeProject } from './project.ts'
import { type Result, runProject } from './run-project.ts'

interface Setting {
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  /** Key `tests` of a file of options. */
  readonly tests?: object
  /** Who is blamed for the one leak. */
  readonly blamed: 'the test' | 'the file' | 'nobody'
}

const baseline = { LEAKWATCH_BASELINE: 'known.json' }

// The baseline is written by one run and read by the next.
const settings: readonly Setting[] = [
  { name: 'by default', blamed: 'the test' },
  { name: 'with the collector run before each judgement', tests: { collect: true }, blamed: 'the test' },
  { name: 'with LEAKWATCH=off', env: { LEAKWATCH: 'off' }, blamed: 'nobody' },
  { name: 'with LEAKWATCH_TYPES=net', env: { LEAKWATCH_TYPES: 'net' }, blamed: 'nobody' },
  { name: 'as the baseline is written', env: { ...baseline, LEAKWATCH_BASELINE_UPDATE: '1' }, blamed: 'nobody' },
  { name: 'with the leak on file', env: baseline, blamed: 'nobody' },
  { name: 'with each file judged', tests: { per: 'file' }, blamed: 'the file' },
  { name: 'with the process judged', tests: { per: 'process' }, blamed: 'the file' },
]

/** One leaking test, and one that does not, under each setting. */
export async function checkSettings({ runner, language, args = [] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, ['settings/settings.test.ts'])
  try {
    const findings: Finding[] = []
    const { tests } = expectedOf(project.files.map(file => join(project.folder, file)), 'suites are none')
    const [leaky, clean] = [...tests.keys()] as [string, string]
    const place = tests.get(leaky)!.replace('leaks at ', '')
    for (const { name, env = {}, tests: options, blamed } of settings) {
      writeFileSync(join(project.folder, 'leakwatch.json'), JSON.stringify({ settleMs: 60, ...options === undefined ? {} : { tests: options } }))
      const result = await runProject(project, { runner, language, node, args, env: { LEAKWATCH_CONFIG: 'leakwatch.json', ...env } })
      const wanted = { [leaky]: blamed === 'the test' ? `leaks at ${place}` : 'passes', [clean]: 'passes', files: blamed === 'the file' ? place : '', fails: blamed !== 'nobody' }
      const found = foundIn(result, [leaky, clean])
      const isSo = JSON.stringify(found) === JSON.stringify(wanted)
      findings.push({ title: `${name}, ${blamed} is blamed`, fault: isSo ? null : `${JSON.stringify(found)}\n${result.all}` })
    }
    return findings
  } finally {
    project.remove()
  }
}

function foundIn({ tests, beside, code }: Result, titles: readonly string[]): object {
  const endings = titles.map(title => [title, tests.filter(test => test.title === title).map(endingOf).join(' and ')] as const)
  return { ...Object.fromEntries(endings), files: placesIn(beside).join(', '), fails: code !== 0 }
}
