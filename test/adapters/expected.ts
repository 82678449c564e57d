// What tests say in comments of how they end.
//   `// LEAK`: the test fails that began last above, with this line; `// LEAK of: <title>`: that one does
//   `// LEAK of the file`: the file does, and no test of it; `// LEAK of the suite: <title>`: the file, or the suite where that is a test
//   `// FAILS`, `// FAILS of: <title>`: the test fails with an error of its own, or for a test within; `// SKIPPED`: it does not run
// A test without any such comment passes.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Ending } from './outcome.ts'

export interface Expected {
  /** By title. */
  readonly tests: ReadonlyMap<string, Ending>
  /** `<file>:<line>` of what files are blamed for. */
  readonly files: readonly string[]
  /** Titles of what holds tests. */
  readonly suites: ReadonlySet<string>
}

const title = /\b(?:test|it|specify|skip|extended)\)?(?:\.\w+)?(?:\(\[.*\]\))?\('([^']+)'/
const suite = /\b(?:suite|describe)\)?(?:\.\w+)?\('([^']+)'/

/** What the comments of files say; `suitesAreTests` where a runner knows no suites. */
export function expectedOf(files: readonly string[], suitesAreTests: 'suites are tests' | 'suites are none'): Expected {
  const tests = new Map<string, Ending>()
  const beside: string[] = []
  const suites = new Set<string>()
  for (const file of files) {
    let current = ''
    readFileSync(file, 'utf8').split('\n').forEach((text, index) => {
      const place = `${basename(file)}:${index + 1}`
      const [, begun] = title.exec(text) ?? []
      if (begun !== undefined) current = begun
      if (begun !== undefined && !tests.has(begun)) tests.set(begun, 'passes')
      const [, around] = suite.exec(text) ?? []
      if (around !== undefined) suites.add(around)
      const [, word, of] = /\/\/ (LEAK|FAILS|SKIPPED)(?: of(?::)? (.*))?$/.exec(text) ?? []
      if (word === 'FAILS') tests.set(of ?? current, 'fails by itself')
      if (word === 'SKIPPED') tests.set(current, 'is skipped')
      if (word !== 'LEAK') return
      const [, owner = null] = /^the suite: (.*)/.exec(of ?? '') ?? []
      if (of === 'the file' || owner !== null && suitesAreTests === 'suites are none') beside.push(place)
      else tests.set(owner ?? of ?? current, `leaks at ${place}`)
    })
  }
  return { tests, files: beside.toSorted(), suites }
}
