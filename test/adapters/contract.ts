import { join } from 'node:path'
import type { Finding } from '../programs/suite.ts'
import type { RunnerCase } from './cases.ts'
import { expectedOf } from './expected.ts'
import { endingOf, placesIn } from './outcome.ts'
import { makeProject } from './project.ts'
import { runProject } from './run-project.ts'
import { runners } from './runners.ts'

/** Every test of the contract ends as its source says, and whatever is beside the tests is said of the file alone. */
export async function checkContract({ runner, language, args = [], env = {}, own = [`own/${runner}.test.ts`] }: RunnerCase, node: string): Promise<readonly Finding[]> {
  const project = makeProject(runner, language, ['contract', ...own])
  try {
    const { tests, beside, code, all } = await runProject(project, { runner, node, args, env, language })
    const { suitesAreTests } = runners[runner]
    const expected = expectedOf(project.files.map(file => join(project.folder, file)), suitesAreTests ? 'suites are tests' : 'suites are none')
    const titles = new Set([...expected.tests.keys(), ...tests.map(({ title }) => title).filter(title => !isBeside(title, expected.suites))])
    const endings = [...titles].map((title): Finding => {
      const wanted = expected.tests.get(title) ?? 'no such test'
      const found = tests.filter(test => test.title === title).map(endingOf).join(' and ')
      const text = tests.find(test => test.title === title)?.text ?? all
      return { title: `${title}: ${wanted}`, fault: found === wanted ? null : `${found}\n${text}` }
    })
    const blamed = placesIn(beside)
    // A runner shows the line on top of a stack: of a call of fs that is not to be a tap's, and of a hook that is not to be ours.
    const ofOurs = [...tests, { title: 'beside the tests', text: beside }].filter(({ title, text }) => /^(fails in a call of fs|leaves it to|leaves to|ENOENT: |beside )/.test(title) && text.includes('/leakwatch/dist/lib/'))
    return [
      ...endings,
      { title: `files are blamed for ${expected.files.join(', ')}`, fault: blamed.join() === expected.files.join() ? null : `${blamed.join(', ')}\n${beside}` },
      { title: 'what a test throws shows no frame of leakwatch', fault: ofOurs.length === 0 ? null : ofOurs.map(({ title, text }) => `${title}\n${text}`).join('\n') },
      { title: 'the run fails', fault: code === 0 ? all : null },
    ]
  } finally {
    project.remove()
  }
}

// tap and node:test report files and suites as tests, and single assertions too.
function isBeside(title: string, suites: ReadonlySet<string>): boolean {
  return suites.has(title) || /\.[mc]?[jt]s$/.test(title) || title === 'it runs' || title === 'an error of its own' || title.startsWith('ENOENT: ')
}
