// Runs one program on one Node three times (bare, watched, watched with one thing held) and says what does not hold.
import { deepStrictEqual, ok } from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Report } from '../../lib/model/report.ts'
import { marked, named } from '../support/detection.ts'
import { fixture, inRoot, registerUrl } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { type Run, runNode } from '../support/run.ts'
import { type Program, sourcesOf } from './programs.ts'
import type { Finding } from './suite.ts'

type Way = 'bare' | 'watched' | 'held'

interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface Ran {
  readonly run: Run
  readonly outcome: Outcome
  /** The leaks of all its processes and threads, each at the application's line. */
  readonly leaks: readonly string[]
}

const packages = inRoot('test/programs/node_modules')

/** The findings on one program. */
export async function check(program: Program, node: string, env: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  const bare = await runProgram(program, node, env, 'bare')
  const watched = await runProgram(program, node, env, 'watched')
  const held = await runProgram(program, node, env, 'held')
  const reports: readonly Report[] = [...watched.run.reports.values()]
  return [
    finding('the program comes to its end', () => {
      for (const { run } of [bare, watched, held]) ok(run.code === 0 && !run.timedOut, `${run.timedOut ? 'late' : run.signal ?? run.code}\n${run.stdout}${run.stderr}`)
    }),
    finding('it prints and ends as it does unwatched', () => deepStrictEqual(watched.outcome, bare.outcome)),
    finding('each process and thread reports', () => ok(reports.length >= (program.reports ?? 1), `${reports.length} report`)),
    finding('every report is complete and valid', () => {
      for (const report of [...reports, ...held.run.reports.values()]) {
        deepStrictEqual([report.complete, report.faults, report.dropped], [true, [], 0])
        deepStrictEqual(schemaFaults(report), [])
      }
    }),
    finding('closed, no leak is named', () => deepStrictEqual(watched.leaks, [])),
    finding('closed, every descriptor is explained', () => deepStrictEqual(reports.flatMap(({ kernel }) => kernel?.unexplained ?? []), [])),
    finding('held, one thing is named, at its line', () => deepStrictEqual(held.leaks, wanted(program))),
    finding('held, each leak names its scope', () => {
      const scopes = [...held.run.reports.values()].flatMap((report: Report) => report.leaks.flatMap(({ resources }) => resources.map(({ scope, isAfterScope }) => `${scope}${isAfterScope ? ' later' : ''}`)))
      deepStrictEqual(scopes.filter(scope => scope !== 'null').toSorted(), program.scopes ?? [])
    }),
    finding('held, what native code keeps open is found by the kernel check alone', () => {
      const unexplained = [...held.run.reports.values()].flatMap(({ kernel }) => kernel?.unexplained ?? [])
      deepStrictEqual(unexplained.map(({ target }) => basename(target)), program.native ?? [])
    }),
  ]
}

// At its line, or by its package alone.
function wanted(program: Program): readonly string[] {
  const lines = marked(...sourcesOf(program))
  return program.packageAlone === undefined ? lines : lines.map(line => `${program.packageAlone} ${typeAndCount(line)}`)
}

function typeAndCount(line: string): string {
  return / (leaks .* x\d+) /.exec(line)![1]!
}

function finding(title: string, hold: () => void): Finding {
  try {
    hold()
    return { title, fault: null }
  } catch (error) {
    return { title, fault: (error as Error).message }
  }
}

async function runProgram(program: Program, node: string, env: Readonly<Record<string, string>>, way: Way): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-program-'))
  const [cwd, temporary] = [join(folder, 'cwd'), join(folder, 'tmp')]
  for (const each of [cwd, temporary]) mkdirSync(each)
  const project = fixture('programs', program.project ?? program.name)
  if (existsSync(project)) cpSync(project, cwd, { recursive: true })
  symlinkSync(packages, join(cwd, 'node_modules'))
  try {
    const [command, ...args] = program.command ?? []
    const run = await runNode({
      node, cwd, args, timeoutMs: 120_000, types: 'all', register: way !== 'bare',
      script: command === undefined ? fixture('programs', `${program.name}.mjs`) : join(packages, command),
      env: {
        HOME: cwd, TMPDIR: temporary, PATH: `${join(node, '..')}:${process.env.PATH}`, ...env, ...program.env,
        ...way === 'bare' ? {} : { NODE_OPTIONS: `--import ${registerUrl}` }, ...way === 'held' ? { HELD: program.held ?? '1' } : {},
      },
    })
    return { run, outcome: outcomeOf(program, run, folder), leaks: leaksOf(program, [...run.reports.values()]) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function outcomeOf({ masks = [], order = 'kept' }: Program, { code, signal, stdout, stderr }: Run, folder: string): Outcome {
  const masked = (text: string) => masks.reduce((rest, mask) => rest.replaceAll(mask, ''), text.replaceAll(folder, '<folder>'))
  const comparable = (text: string) => order === 'kept' ? masked(text) : masked(text).split('\n').toSorted().join('\n')
  return { code, signal, stdout: comparable(stdout), stderr: comparable(stderr) }
}

function leaksOf({ packageAlone }: Program, reports: readonly Report[]): readonly string[] {
  return reports.flatMap(report => report.leaks.flatMap(group => {
    const lines = named({ ...report, leaks: [group], pending: [], pooled: [] }, 'app')
    const isOutOfReach = group.site.app === -1 && group.site.package?.startsWith(`${packageAlone}@`) === true
    return isOutOfReach ? lines.map(line => `${packageAlone} ${typeAndCount(line)}`) : lines
  })).toSorted()
}
