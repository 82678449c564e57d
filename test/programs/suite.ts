// A suite of cases that need packages of their own: on the running Node and the fetched ones, two at a time, closed by one line.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { inRoot } from '../support/paths.ts'
import { type Need, startCompanions } from './companions.ts'

/** What is asserted of a case, each with what speaks against it, or null. */
export interface Finding {
  readonly title: string
  readonly fault: string | null
}

export interface Case {
  readonly name: string
  readonly needs?: readonly Need[]
  /** The first Node that has what it takes. */
  readonly sinceNode?: number
  /** Majors of Node that it runs on; all by default. */
  readonly majors?: readonly string[]
  /** True for what is compiled when it is installed, which fits the Node that installed it alone. */
  readonly runningNodeAlone?: boolean
}

export interface Suite<C extends Case> {
  /** Has a package.json with its lock file; ends with a slash. */
  readonly folder: string
  readonly cases: readonly C[]
  /** Packages whose native code is compiled. */
  readonly compiled?: readonly string[]
  /** What else is made ready when the packages are there. */
  readonly prepare?: () => void
  readonly check: (each: C, node: string, env: Readonly<Record<string, string>>) => Promise<readonly Finding[]>
}

const jobs = 2

/** Runs what the arguments of the command leave of a suite, and ends the process with code 1 where something does not hold. */
export async function runSuite<C extends Case>({ folder, cases, compiled = [], prepare = () => {}, check }: Suite<C>): Promise<void> {
  const wanted = process.argv.slice(2)
  const majors = wanted.filter(argument => /^\d+$/.test(argument))
  const names = wanted.filter(argument => !/^\d+$/.test(argument))
  install(inRoot(folder), compiled)
  prepare()
  const nodes = [process.execPath, ...fetchedNodes()]
    .map(node => ({ node, version: versionOf(node) }))
    .filter(({ version }) => majors.length === 0 || majors.includes(majorOf(version)))
  const isWanted = (name: string) => names.length === 0 || names.some(wanted => name === wanted || name.startsWith(`${wanted}-`))
  const chosen = cases.filter(({ name }) => isWanted(name))
  const all = nodes.flatMap(node => chosen
    .filter(({ majors: on }) => on === undefined || on.includes(majorOf(node.version)))
    .map(each => ({ each, ...node, obstacle: obstacleOf(each, node) })))
  for (const { each, version, obstacle } of all) if (obstacle !== null) console.log(`Node ${version} ${each.name}: skipped, for want of ${obstacle}`)
  const queue = all.filter(({ obstacle }) => obstacle === null)
  const skipped = all.length - queue.length

  const companions = await startCompanions(new Set(queue.flatMap(({ each }) => each.needs ?? [])))
  const findings: Finding[] = []
  try {
    await Promise.all(Array.from({ length: jobs }, async () => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        const found = await check(task.each, task.node, companions.env)
        tell(`Node ${task.version} ${task.each.name}`, found)
        findings.push(...found)
      }
    }))
  } finally {
    await companions.stop()
  }

  const failed = findings.filter(({ fault }) => fault !== null).length
  console.log(`${findings.length - failed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failed > 0 || findings.length === 0 ? 1 : 0
}

function tell(name: string, found: readonly Finding[]): void {
  const faults = found.filter(({ fault }) => fault !== null)
  console.log(`${name}: ${faults.length === 0 ? 'ok' : 'not ok'}`)
  for (const { title, fault } of faults) console.log(`  not so: ${title}\n${String(fault).slice(0, 4_000).replace(/^/gm, '    ')}`)
}

function obstacleOf({ sinceNode = 0, runningNodeAlone = false }: Case, { node, version }: { readonly node: string, readonly version: string }): string | null {
  if (Number(majorOf(version)) < sinceNode) return `what Node ${sinceNode} brought`
  return runningNodeAlone && node !== process.execPath ? 'native code compiled for it' : null
}

/** Unless what is installed came of the very same lock file. */
function install(folder: string, compiled: readonly string[]): void {
  const [lock, installed] = [`${folder}package-lock.json`, `${folder}node_modules/.installed-lock.json`]
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')) return
  const npm = (...args: readonly string[]) => execFileSync('npm', [...args, '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund')
  for (const name of compiled) npm('rebuild', name)
  copyFileSync(lock, installed)
}

function fetchedNodes(): readonly string[] {
  return execFileSync(process.execPath, [inRoot('scripts/fetch-nodes.mjs')], { encoding: 'utf8' }).trim().split('\n')
}

function versionOf(node: string): string {
  return execFileSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8', env: {} }).trim()
}

function majorOf(version: string): string {
  return version.slice(0, version.indexOf('.'))
}
