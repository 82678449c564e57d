/** What is judged: each test, what a file of tests leaves open, or what the process does. */
export type Per = 'test' | 'file' | 'process'

/** The key `tests` of a file of options: what the adapters for test runners do. All optional. */
export interface TestOptions {
  /**
   * `'test'` fails the test that leaves something open, and the file for what its hooks and its top level leave; `'file'` the file
   * alone; `'process'` prints a report as the process ends, and makes it fail; under tap and Vitest the file fails for it.
   * @defaultValue `'test'`
   */
  readonly per?: Per
  /**
   * Whether the collector runs before a test is judged, so that what only it would close is found in this very test.
   * Takes some milliseconds a test.
   * @defaultValue `false`
   */
  readonly collect?: boolean
  /**
   * How long after the last test, in milliseconds, it is told what still keeps the process running; 0 for never.
   * @defaultValue 5000
   */
  readonly hangMs?: number
}

export type TestSettings = Required<TestOptions>

/** The settings of those who ask for nothing. */
export const defaultTests: TestSettings = Object.freeze({ per: 'test', collect: false, hangMs: 5_000 })
