// What is run: each runner in its modes and the languages of its tests, under its settings, and where it hangs.
import type { Case, Finding } from '../programs/suite.ts'
import { checkBaseline } from './baseline.ts'
import { checkClean } from './clean.ts'
import { checkContract } from './contract.ts'
import { checkGlobalSetup } from './global-setup.ts'
import { checkHang } from './hang.ts'
import { checkEnvironment } from './environment.ts'
import { checkLateErrors } from './late-errors.ts'
import { checkMemory } from './memory.ts'
import { checkRootHooks } from './root-hooks.ts'
import type { Language } from './project.ts'
import { checkSettings } from './settings.ts'
import type { Runner } from './runners.ts'
import { checkTopLevel } from './top-level.ts'
import { checkUnfinished } from './unfinished.ts'

export interface RunnerCase extends Case {
  readonly runner: Runner
  readonly language: Language
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What is checked; the contract by default. */
  readonly checks?: 'baseline' | 'environment' | 'global set-up' | 'late errors' | 'memory' | 'root hooks' | 'settings' | 'top level' | 'hang' | 'clean' | 'unfinished'
  /** Tests of this runner alone; by default those of its name. */
  readonly own?: readonly string[]
}

// The oldest and the newest Node run everything, those between what differs by Node.
const between: readonly string[] = ['tap', 'node-test', 'node-test-typescript', 'node-test-one-process', 'node-test-baseline', 'mocha-commonjs', 'vitest', 'jest-typescript']

const everything: readonly RunnerCase[] = [
  { name: 'tap', runner: 'tap', language: 'esm' },
  { name: 'tap-commonjs', runner: 'tap', language: 'commonjs' },
  { name: 'tap-typescript', runner: 'tap', language: 'typescript' },
  { name: 'tap-jobs', runner: 'tap', language: 'esm', args: ['--jobs=2'] },
  { name: 'node-test', runner: 'node-test', language: 'esm' },
  { name: 'node-test-commonjs', runner: 'node-test', language: 'commonjs' },
  { name: 'node-test-typescript', runner: 'node-test', language: 'typescript' },
  { name: 'node-test-one-process', runner: 'node-test', language: 'esm', args: ['--test-isolation=none'], sinceNode: 24 },
  { name: 'mocha', runner: 'mocha', language: 'esm', own: ['own/mocha-callback.test.ts', 'own/mocha.test.ts'] },
  { name: 'mocha-commonjs', runner: 'mocha', language: 'commonjs', own: ['own/mocha-callback.test.ts', 'own/mocha.test.ts'] },
  { name: 'mocha-typescript', runner: 'mocha', language: 'typescript', own: ['own/mocha-callback.test.ts', 'own/mocha.test.ts'] },
  { name: 'mocha-parallel', runner: 'mocha', language: 'esm', args: ['--parallel', '--jobs', '2'], own: ['own/mocha-callback.test.ts', 'own/mocha.test.ts'] },
  { name: 'mocha-hooks', runner: 'mocha', language: 'esm', checks: 'root hooks' },
  { name: 'vitest', runner: 'vitest', language: 'typescript', args: ['--pool=forks'] },
  { name: 'vitest-threads', runner: 'vitest', language: 'typescript', args: ['--pool=threads'] },
  { name: 'vitest-one-realm', runner: 'vitest', language: 'typescript', args: ['--no-isolate', '--pool=forks'] },
  { name: 'vitest-vm-threads', runner: 'vitest', language: 'typescript', args: ['--pool=vmThreads', '--execArgv=--import=leakwatch/register'] },
  { name: 'vitest-vm-forks', runner: 'vitest', language: 'esm', args: ['--pool=vmForks', '--execArgv=--import=leakwatch/register'] },
  { name: 'vitest-esm', runner: 'vitest', language: 'esm', args: ['--pool=forks', '--no-file-parallelism'] },
  { name: 'jest', runner: 'jest', language: 'commonjs', args: ['--runInBand'], own: ['own/jest.test.ts', 'own/jest-retries.test.ts'] },
  { name: 'jest-typescript', runner: 'jest', language: 'typescript', args: ['--runInBand'], own: ['own/jest.test.ts', 'own/jest-retries.test.ts'] },
  { name: 'jest-workers', runner: 'jest', language: 'commonjs', args: ['--maxWorkers=2'], own: ['own/jest.test.ts', 'own/jest-retries.test.ts'] },
  { name: 'jest-esm', runner: 'jest', language: 'esm', args: ['--runInBand'], env: { NODE_OPTIONS: '--experimental-vm-modules' }, own: ['own/jest.test.ts', 'own/jest-retries.test.ts'] },
  { name: 'tap-settings', runner: 'tap', language: 'esm', checks: 'settings' },
  { name: 'node-test-settings', runner: 'node-test', language: 'esm', checks: 'settings' },
  { name: 'mocha-settings', runner: 'mocha', language: 'esm', checks: 'settings' },
  { name: 'vitest-settings', runner: 'vitest', language: 'typescript', args: ['--pool=forks'], checks: 'settings' },
  { name: 'jest-settings', runner: 'jest', language: 'commonjs', args: ['--runInBand'], checks: 'settings' },
  { name: 'tap-baseline', runner: 'tap', language: 'esm', checks: 'baseline' },
  { name: 'node-test-baseline', runner: 'node-test', language: 'esm', checks: 'baseline' },
  { name: 'mocha-baseline', runner: 'mocha', language: 'esm', checks: 'baseline' },
  { name: 'mocha-parallel-baseline', runner: 'mocha', language: 'esm', args: ['--parallel', '--jobs', '2'], checks: 'baseline' },
  { name: 'vitest-baseline', runner: 'vitest', language: 'typescript', args: ['--pool=forks'], checks: 'baseline' },
  { name: 'vitest-threads-baseline', runner: 'vitest', language: 'typescript', args: ['--pool=threads', '--no-isolate'], checks: 'baseline' },
  { name: 'jest-baseline', runner: 'jest', language: 'commonjs', args: ['--runInBand'], checks: 'baseline' },
  { name: 'jest-workers-baseline', runner: 'jest', language: 'commonjs', args: ['--maxWorkers=2'], checks: 'baseline' },
  { name: 'mocha-global-setup', runner: 'mocha', language: 'esm', checks: 'global set-up' },
  { name: 'mocha-parallel-global-setup', runner: 'mocha', language: 'esm', args: ['--parallel', '--jobs', '2'], checks: 'global set-up' },
  { name: 'mocha-top-level', runner: 'mocha', language: 'esm', checks: 'top level' },
  { name: 'mocha-late-errors', runner: 'mocha', language: 'esm', checks: 'late errors' },
  { name: 'tap-unfinished', runner: 'tap', language: 'esm', checks: 'unfinished' },
  { name: 'jest-environment', runner: 'jest', language: 'commonjs', args: ['--runInBand', '--testEnvironment=./environment.cjs'], checks: 'environment' },
  { name: 'jest-memory', runner: 'jest', language: 'commonjs', args: ['--runInBand', '--detectLeaks'], checks: 'memory' },
  { name: 'tap-clean', runner: 'tap', language: 'esm', checks: 'clean' },
  { name: 'node-test-clean', runner: 'node-test', language: 'esm', checks: 'clean' },
  { name: 'mocha-clean', runner: 'mocha', language: 'esm', checks: 'clean' },
  { name: 'vitest-clean', runner: 'vitest', language: 'typescript', args: ['--pool=threads'], checks: 'clean' },
  { name: 'jest-clean', runner: 'jest', language: 'commonjs', args: ['--runInBand'], checks: 'clean' },
  { name: 'node-test-hang', runner: 'node-test', language: 'esm', checks: 'hang' },
  { name: 'mocha-hang', runner: 'mocha', language: 'esm', checks: 'hang' },
  { name: 'jest-hang', runner: 'jest', language: 'commonjs', args: ['--runInBand'], checks: 'hang' },
]

export const cases = everything.map((each): RunnerCase => between.includes(each.name) ? each : { ...each, majors: ['20', '26'] })

const checks = { baseline: checkBaseline, contract: checkContract, environment: checkEnvironment, 'global set-up': checkGlobalSetup, 'late errors': checkLateErrors, memory: checkMemory, 'root hooks': checkRootHooks, settings: checkSettings, 'top level': checkTopLevel, hang: checkHang, clean: checkClean, unfinished: checkUnfinished }

export async function check(each: RunnerCase, node: string): Promise<readonly Finding[]> {
  return await checks[each.checks ?? 'contract'](each, node)
}
