import { firstFrame, type Output, type State, type TestOutcome } from './outcome.ts'

const point = /^ *(not )?ok \d+(?: - (.*?))?(?: # time=\S+)?(?: # (SKIP|TO[D]O)\b.*)?(?: \{)?$/

/** Reads TAP. A leak that tap reports as a test point of its own, which names its test, is that test's error. */
export function readTap(stdout: string, stderr: string): Output {
  const tests = new Map<string, TestOutcome>()
  const beside: string[] = []
  let current: { title: string, text: string[] } | null = null
  const end = () => {
    if (current === null) return
    const text = current.text.join('\n')
    const owner = /^ *test: (.*)$/m.exec(text)?.[1] ?? current.title
    // Of the report as an error and its first line as a title, one counts.
    const [report = text, stack] = text.split(/^ *(?:error|leaks): [|>].*$/m).slice(1).flatMap(part => part.split(/^ *stack:.*$/m))
    const before = tests.get(owner)
    if (before !== undefined) tests.set(owner, { ...before, text: `${before.text}\n${report}`, frame: before.frame ?? firstFrame(stack) })
    current = null
  }
  for (const line of stdout.split('\n')) {
    const [, not, title = '', directive] = point.exec(line) ?? []
    const isPoint = point.test(line)
    if (isPoint || /^ *# Subtest/.test(line)) end()
    if (isPoint) {
      current = { title, text: [] }
      const isLeakOfTap = /^\d+ .* at \S+:\d+:\d+/.test(title)
      const state: State = directive !== undefined ? 'skipped' : not === undefined ? 'passed' : 'failed'
      if (!isLeakOfTap) tests.set(title, { title, state, text: '', frame: null })
    } else if (line.startsWith('#') || current === null) beside.push(line.replace(/^# /, ''))
    else current.text.push(line)
  }
  end()
  return { tests: [...tests.values()], beside: `${beside.join('\n')}\n${stderr}` }
}
