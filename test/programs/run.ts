// Real programs under `register`, on the running Node and the fetched ones, two at a time.
// Arguments narrow the run: `npm run test:programs -- 26 express`.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { inRoot } from '../support/paths.ts'
import { check, type Finding } from './check.ts'
import { startCompanions } from './companions.ts'
import { type Program, programs } from './programs.ts'

interface Task {
  readonly program: Program
  readonly node: string
  readonly version: string
}

const jobs = 2
const wanted = process.argv.slice(2)
const majors = wanted.filter(argument => /^\d+$/.test(argument))
const names = wanted.filter(argument => !/^\d+$/.test(argument))

install()
const nodes = [process.execPath, ...fetchedNodes()]
  .map(node => ({ node, version: versionOf(node) }))
  .filter(({ version }) => majors.length === 0 || majors.includes(majorOf(version)))
const chosen = programs.filter(({ name }) => names.length === 0 || names.includes(name))
const all: readonly Task[] = nodes.flatMap(node => chosen.map(program => ({ program, ...node })))
const tasks = all.filter(({ program, version }) => Number(majorOf(version)) >= (program.sinceNode ?? 0))
for (const { program, version } of all.filter(task => !tasks.includes(task))) console.log(`Node ${version} ${program.name}: skipped, for want of what Node ${program.sinceNode} brought`)

const companions = await startCompanions(new Set(tasks.flatMap(({ program }) => program.needs ?? [])))
const findings: Finding[] = []
try {
  const queue = [...tasks]
  await Promise.all(Array.from({ length: jobs }, async () => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) findings.push(...await run(task))
  }))
} finally {
  await companions.stop()
}

const failed = findings.filter(({ fault }) => fault !== null).length
const skipped = all.length - tasks.length
console.log(`${findings.length - failed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 || findings.length === 0 ? 1 : 0

async function run({ program, node, version }: Task): Promise<readonly Finding[]> {
  const found = await check(program, node, companions.env)
  const faults = found.filter(({ fault }) => fault !== null)
  console.log(`Node ${version} ${program.name}: ${faults.length === 0 ? 'ok' : 'not ok'}`)
  for (const { title, fault } of faults) console.log(`  not so: ${title}\n${String(fault).slice(0, 4_000).replace(/^/gm, '    ')}`)
  return found
}

/** Unless what is installed came of the very same lock file. */
function install(): void {
  const folder = inRoot('test/programs/')
  const [lock, installed] = [`${folder}package-lock.json`, `${folder}node_modules/.installed-lock.json`]
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lock, 'utf8')) return
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
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
