// One runner: each workload × variant × round in a fresh process, rounds interleaved, medians as ratios to `none`.
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const workloads = ['awaits', 'stat', 'read-file', 'http-keepalive', 'tcp']
const variants = ['none', 'bare-hook', 'bare-capture', 'count', 'full', 'why-is-node-running', 'wtfnode']

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '7' },
    workloads: { type: 'string', default: workloads.join(',') },
    variants: { type: 'string', default: variants.join(',') },
  },
})

const rounds = Number(options.rounds)
const chosenWorkloads = choose(options.workloads, workloads)
const chosenVariants = choose(options.variants, variants)
const version = runNode(['-p', 'process.version'])
console.log(`Node ${version}, ${cpus()[0]?.model} × ${cpus().length}, commit ${commit()}, median of ${rounds} rounds`)
console.log(row(['', ...chosenVariants]))
console.log(row(['---', ...chosenVariants.map(() => '---:')]))
for (const workload of chosenWorkloads) console.log(row([workload, ...measure(workload)]))

/** Milliseconds of the reference, and each variant's ratio to it with its spread. */
function measure(workload: string): string[] {
  const times = new Map(chosenVariants.map(variant => [variant, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const variant of chosenVariants) times.get(variant)!.push(timeOnce(workload, variant))
  }
  const reference = median(times.get(chosenVariants[0]!)!)
  return chosenVariants.map((variant, index) => {
    const measured = times.get(variant)!
    if (index === 0) return `${reference.toFixed(1)} ms`
    const ratios = measured.map(ms => ms / reference)
    return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`
  })
}

function timeOnce(workload: string, variant: string): number {
  const preload = new URL(`variants/${variant}.js`, import.meta.url).href
  const script = fileURLToPath(new URL(`workloads/${workload}.js`, import.meta.url))
  const line = runNode(['--import', preload, script]).split('\n').find(text => text.startsWith('{"ms"'))
  return (JSON.parse(line ?? 'null') as { ms: number }).ms
}

function runNode(args: readonly string[]): string {
  const env = { ...process.env, NODE_OPTIONS: '' }
  return execFileSync(options.node, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'], timeout: 120_000 }).trim()
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

function choose(given: string, valid: readonly string[]): readonly string[] {
  const chosen = given.split(',')
  const wrong = chosen.find(name => !valid.includes(name))
  if (wrong === undefined) return chosen
  console.error(`bench: '${wrong}' is none of ${valid.join(', ')}`)
  return process.exit(2)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]!
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
