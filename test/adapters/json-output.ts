import { firstFrame, type Output, type State, type TestOutcome } from './outcome.ts'

interface OfMocha {
  readonly tests: readonly { readonly title: string, readonly fullTitle: string }[]
  readonly pending: readonly { readonly fullTitle: string }[]
  readonly failures: readonly { readonly title: string, readonly fullTitle: string, readonly err: { readonly stack?: string, readonly message?: string } }[]
}

interface OfJest {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly { readonly title: string, readonly status: string, readonly failureMessages: readonly string[] }[]
  }[]
}

export function readMocha(json: string, stderr: string): Output {
  const { tests, pending, failures } = JSON.parse(json) as OfMocha
  const pendingTitles = new Set(pending.map(({ fullTitle }) => fullTitle))
  const textOf = ({ err }: OfMocha['failures'][number]) => err.stack ?? err.message ?? ''
  const isOfTest = ({ fullTitle }: { readonly fullTitle: string }) => tests.some(test => test.fullTitle === fullTitle)
  return {
    tests: tests.map(({ title, fullTitle }): TestOutcome => {
      const own = failures.filter(failure => failure.fullTitle === fullTitle)
      const state: State = own.length > 0 ? 'failed' : pendingTitles.has(fullTitle) ? 'skipped' : 'passed'
      return outcome(title, state, own.map(textOf))
    }),
    beside: [...failures.filter(failure => !isOfTest(failure)).map(textOf), stderr].join('\n'),
  }
}

export function readVitest(json: string, stderr: string): Output {
  return readResults(json, stderr, message => message)
}

/** Jest shows errors of tests and of the file in one text, on standard error too; what is said as the process ends follows it. */
export function readJest(json: string, stderr: string): Output {
  return readResults(json, /^leakwatch: [^]*/m.exec(stderr)?.[0] ?? '', message => message.split(/^ {2}● /m).filter(part => part.startsWith('Test suite failed to run')).join('\n'))
}

function readResults(json: string, stderr: string, besideOf: (message: string) => string): Output {
  const { testResults } = JSON.parse(json) as OfJest
  return {
    tests: testResults.flatMap(({ assertionResults }) => assertionResults.map(({ title, status, failureMessages }): TestOutcome => {
      const state: State = status === 'passed' || status === 'failed' ? status : 'skipped'
      return outcome(title, state, failureMessages)
    })),
    beside: [...testResults.map(({ message }) => besideOf(message)), stderr].join('\n'),
  }
}

function outcome(title: string, state: State, errors: readonly string[]): TestOutcome {
  const [frames] = /(?:\n +at .*)+$/.exec(errors.at(-1)?.trimEnd() ?? '') ?? []
  return { title, state, text: errors.join('\n'), frame: firstFrame(frames) }
}
