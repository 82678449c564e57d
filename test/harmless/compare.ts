// Runs one program twice, with an empty preload and with ours, and holds all that the world sees of the two together.
// The preload of the bare run is there because `--import` alone changes a program (require.main, the first ticks).
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { fixture, inRoot, registerUrl } from '../support/paths.ts'
import { runCommand } from '../support/run.ts'

export interface Program {
  /** A sentence that is true when the two runs are equal. */
  readonly title: string
  /** File in `fixtures/`. */
  readonly script?: string
  /** Node's arguments in its stead, for `-e`, `-p` and `-`. */
  readonly instead?: readonly string[]
  readonly args?: readonly string[]
  /** `{reports}` stands for the folder that takes the reports. */
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** A shell command that starts Node as `"$@"`. */
  readonly shell?: string
  /** What the two runs cannot print alike. A mask of frames that hides none fails the test. */
  readonly masks?: readonly Mask[]
  /** `none`: the program is killed, or has no recorded thread that reaches its end. */
  readonly reports?: 'complete' | 'none'
}

interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

interface Ran {
  readonly outcome: Outcome
  readonly timedOut: boolean
  readonly pid: number
  readonly folder: string
  /** Of each report: what says that its recording broke off. */
  readonly reports: readonly string[]
}

const ownFolders = [inRoot('lib/'), inRoot('dist/lib/')]

const masks = {
  /** Lines of init stacks that are frames of ours, as they are or mapped. */
  'own frames': (text: string) => text.replace(/^ *at .*\n/gm, line => ownFolders.some(folder => line.includes(folder)) ? '' : line),
  /** Node's own: below a callback (24: a microtask too) as soon as there is any AsyncHook, and below a storage's run. */
  'hook frames': (text: string) => text.replace(/^ *at (.*\b(callbackTrampoline|runInAsyncScope|runMicrotask|AsyncLocalStorage\.run) |node:internal\/process\/task_queues:).*\n/gm, ''),
  /** Of warnings, as Node prints them. */
  'pid': (text: string, { pid }: Ran) => text.replaceAll(`(node:${pid})`, '(node:pid)'),
  /** Numbers of descriptors in Node's own messages: one descriptor is held in reserve. */
  'fd': (text: string) => text.replace(/(file descriptor:? )\d+/gi, '$1N'),
  /** The folder in which a run takes place, where Node itself names it. */
  'folder': (text: string, { folder }: Ran) => text.replaceAll(folder, '<folder>'),
  /** Of `node --test`. */
  'durations': (text: string) => text.replace(/(duration_ms:? )[\d.]+/g, '$1N'),
} as const

export type Mask = keyof typeof masks

const emptyUrl = pathToFileURL(fixture('harmless', 'empty.mjs')).href

/** One test for each program. */
export function comparePrograms(programs: readonly Program[]): void {
  for (const program of programs) {
    t.test(program.title, async t => {
      const { bare, watched } = await runBoth(program)
      const idle = (program.masks ?? []).filter(mask => mask.endsWith('frames') && !isUsed(mask, watched))
      t.strictSame(idle, [], 'there are frames to hide')
      t.notOk(bare.timedOut, 'the bare program ends')
      t.strictSame(outcomeOf(watched, program), outcomeOf(bare, program))
      t.equal(watched.reports.length > 0, program.reports !== 'none', 'it was recorded to its end')
      t.strictSame(watched.reports.filter(fault => fault !== ''), [], 'no recording broke off')
    })
  }
}

/** The two runs, at the same time; another preload than ours may be compared. */
export async function runBoth(program: Program, preloadUrl: string = registerUrl): Promise<{ bare: Ran, watched: Ran }> {
  const [bare, watched] = await Promise.all([run(program, emptyUrl), run(program, preloadUrl)])
  return { bare, watched }
}

export function outcomeOf(ran: Ran, { masks: wanted = [] }: Program): Outcome {
  const { stdout, stderr, ...end } = ran.outcome
  const masked = (text: string) => wanted.reduce((rest, mask) => masks[mask](rest, ran), text)
  return { ...end, stdout: masked(stdout), stderr: masked(stderr) }
}

function isUsed(mask: Mask, ran: Ran): boolean {
  return [ran.outcome.stdout, ran.outcome.stderr].some(text => masks[mask](text, ran) !== text)
}

async function run({ script, instead, args = [], flags = [], env, stdin, shell = 'exec "$@"' }: Program, preload: string): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-harmless-'))
  const cwd = join(folder, 'cwd')
  const reports = join(folder, 'reports')
  for (const each of [cwd, reports]) mkdirSync(each)
  try {
    const program = script === undefined ? instead ?? [] : [fixture('harmless', script)]
    const node = [process.execPath, '--import', preload, ...flags.map(flag => flag.replace('{reports}', reports)), ...program, ...args]
    const { pid, timedOut, ...outcome } = await runCommand(['/bin/sh', '-c', shell, 'sh', ...node], {
      cwd,
      timeoutMs: 60_000,
      env: { LEAKWATCH_FORMAT: 'json', LEAKWATCH_OUTPUT: join(reports, '{pid}-{tid}.json'), ...env },
      ...stdin === undefined ? {} : { stdin },
    })
    return { outcome, pid, folder, timedOut, reports: readdirSync(reports).map(name => faultOf(join(reports, name))) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Why a report is not complete, as text; empty when it is. */
function faultOf(path: string): string {
  const text = readFileSync(path, 'utf8')
  try {
    const { complete, faults } = JSON.parse(text)
    return complete === true ? '' : JSON.stringify(faults)
  } catch {
    return `no report: ${text}`
  }
}
