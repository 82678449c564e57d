// Runs one program in a clean child process, under the preload unless told otherwise, and reads its reports back.
import { spawn } from 'node:child_process'
import { watch, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { registerUrl } from './paths.ts'

export interface CommandOptions {
  /** Added to the base environment, which holds no `LEAKWATCH*`, `NODE_*`, `TAP*`, CI or colour variable. */
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** @defaultValue 30,000 */
  readonly timeoutMs?: number
  /** Written to the child's standard input, which is `/dev/null` without it. */
  readonly stdin?: string
  /** Leaves standard input open, with nothing in it. */
  readonly keepsInput?: boolean
  /** Sends each signal once, as soon as stdout and stderr together hold its text. */
  readonly signalAfterOutput?: SignalAfterOutput | readonly SignalAfterOutput[]
}

export interface RunOptions extends CommandOptions {
  /** Path of the Node to run; the running one by default. */
  readonly node?: string
  /** URLs of preloads that come before leakwatch's. */
  readonly before?: readonly string[]
  /** Node flags, after `--import`. */
  readonly flags?: readonly string[]
  /** Path of the program. Without it and `eval` the program is read from standard input. */
  readonly script?: string
  /** Text of the program, for `-e`. */
  readonly eval?: string
  readonly args?: readonly string[]
  /** False: no preload. A string: the URL or name of another preload. */
  readonly register?: boolean | string
  /** `LEAKWATCH_TYPES`. */
  readonly types?: string
  /** `LEAKWATCH_FORMAT`; `json` goes to a file and is read back, every other one to stderr. */
  readonly format?: string
  /** `ulimit -n`. */
  readonly ulimit?: number
  /** Kills the child once a report is written: for programs that never end. */
  readonly stopAfterReport?: boolean
}

export interface SignalAfterOutput {
  readonly output: string
  readonly signal: NodeJS.Signals
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly pid: number
  readonly timedOut: boolean
}

export interface Run extends Ended {
  /** The first report of the main thread, or null. */
  readonly report: any
  /** Every report by its file name, `<pid>-<tid>[-<n>].json`. */
  readonly reports: ReadonlyMap<string, any>
}

/** Resolves when the child has ended and its reports are read. */
export async function runNode(options: RunOptions): Promise<Run> {
  const reportDir = mkdtempSync(join(tmpdir(), 'leakwatch-run-'))
  try {
    const ended = await runChild(commandLine(options), { ...options, env: { ...reportEnv(options, reportDir), ...options.env } }, options.stopAfterReport ? reportDir : null)
    const reports = readReports(reportDir)
    return { ...ended, report: reports.get(`${ended.pid}-0.json`) ?? null, reports }
  } finally {
    rmSync(reportDir, { recursive: true, force: true })
  }
}

/** Runs any command as `runNode` runs Node: clean environment, killed by its pid when it is late. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return runChild(command, options, null)
}

function commandLine(options: RunOptions): string[] {
  const register = options.register === false ? [] : [typeof options.register === 'string' ? options.register : registerUrl]
  const preload = [...options.before ?? [], ...register].flatMap(url => ['--import', url])
  const program = options.eval !== undefined ? ['-e', options.eval] : options.script !== undefined ? [options.script] : ['-']
  const node = [options.node ?? process.execPath, ...preload, ...(options.flags ?? []), ...program, ...(options.args ?? [])]
  return options.ulimit === undefined ? node : ['/bin/sh', '-c', `ulimit -n ${options.ulimit} && exec "$@"`, 'sh', ...node]
}

/** `env -i` hands over exactly the environment that is wanted: tap forces a NODE_OPTIONS of its own into every child. */
function inCleanEnv(command: readonly string[], env: Readonly<Record<string, string>>): string[] {
  return ['-i', ...Object.entries({ ...baseEnv(), ...env }).map(([name, value]) => `${name}=${value}`), ...command]
}

function baseEnv(): Record<string, string> {
  const foreign = /^(LEAKWATCH|NODE_|_?TAP|npm_|FORCE_COLOR$|NO_COLOR$|CI$|GITHUB_)/
  const kept = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !foreign.test(entry[0]))
  return Object.fromEntries(kept)
}

function reportEnv(options: RunOptions, reportDir: string): Record<string, string> {
  if (options.register === false) return {}
  const format = options.format ?? 'json'
  return {
    LEAKWATCH_FORMAT: format,
    ...(format === 'json' ? { LEAKWATCH_OUTPUT: join(reportDir, '{pid}-{tid}.json') } : {}),
    ...(options.types === undefined ? {} : { LEAKWATCH_TYPES: options.types }),
  }
}

function runChild(command: readonly string[], options: CommandOptions, reportDir: string | null): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('/usr/bin/env', inCleanEnv(command, options.env ?? {}), { cwd: options.cwd, stdio: [options.stdin === undefined && options.keepsInput !== true ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    let timedOut = false
    const signals = [options.signalAfterOutput ?? []].flat()
    const sendSignals = () => {
      for (const due of signals.filter(each => `${stdout}${stderr}`.includes(each.output))) {
        signals.splice(signals.indexOf(due), 1)
        child.kill(due.signal)
      }
    }
    child.stdout!.setEncoding('utf8').on('data', (text: string) => { stdout += text; sendSignals() })
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { stderr += text; sendSignals() })
    child.stdin?.on('error', () => {})  // the child may end without reading
    if (options.keepsInput !== true) child.stdin?.end(options.stdin)
    const watcher = reportDir !== null ? watch(reportDir, () => { if (readReports(reportDir).size > 0) child.kill('SIGKILL') }) : null
    const timer = setTimeout(() => {
      timedOut = true
      child.kill('SIGKILL')
      child.stdout!.destroy()  // a grandchild may hold the other end
      child.stderr!.destroy()
    }, options.timeoutMs ?? 30_000)
    const done = () => { clearTimeout(timer); watcher?.close() }
    child.on('error', error => { done(); reject(error) })
    child.on('close', (code, signal) => { done(); resolve({ code, signal, stdout, stderr, pid: child.pid!, timedOut }) })
  })
}

/** Reports that are complete; one that is still being written is left out. */
function readReports(dir: string): Map<string, any> {
  const reports = new Map<string, any>()
  for (const name of readdirSync(dir).toSorted()) {
    const text = readFileSync(join(dir, name), 'utf8')
    try { reports.set(name, JSON.parse(text)) } catch {}
  }
  return reports
}
