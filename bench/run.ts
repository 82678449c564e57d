// One runner: each workload × variant × round in a fresh process, rounds interleaved, medians as ratios to the first variant.
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

interface Variant {
  /** Another variant's, which is run with flags of its own. */
  readonly preload?: string
  readonly flags?: readonly string[]
}

const variants: Readonly<Record<string, Variant>> = {
  'none': {}, 'bare-hook': {}, 'bare-capture': {}, 'count': {}, 'adaptive': {}, 'full': {}, 'why-is-node-running': {}, 'wtfnode': {},
  'bare-stack': {}, 'tags': {}, 'production': { preload: 'tags', flags: ['--conditions=production'] }, 'adapter': {},
}
const watching = ['none', 'bare-hook', 'bare-capture', 'count', 'adaptive', 'full', 'why-is-node-running', 'wtfnode']
/** Each workload with the variants that it is run in, the reference first. */
const workloads: Readonly<Record<string, readonly string[]>> = {
  'awaits': watching, 'stat': watching, 'read-file': watching, 'http-keepalive': watching, 'tcp': watching,
  'tags': ['bare-stack', 'tags'],
  'jobs': ['none', 'production', 'tags'],
  'start': ['none', 'count', 'adaptive', 'full'],
  'test-file': ['none', 'adapter'], 'clean-tests': ['none', 'adapter'],
}

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', default: process.execPath },
    rounds: { type: 'string', default: '7' },
    workloads: { type: 'string', default: Object.keys(workloads).join(',') },
    variants: { type: 'string', default: Object.keys(variants).join(',') },
  },
})

const rounds = Number(options.rounds)
const chosenWorkloads = choose(options.workloads, Object.keys(workloads))
const chosenVariants = choose(options.variants, Object.keys(variants))
const version = runNode(['-p', 'process.version'])
console.log(`Node ${version}, ${cpus()[0]?.model} × ${cpus().length}, commit ${commit()}, median of ${rounds} rounds`)
let heading = ''
for (const workload of chosenWorkloads) {
  const wanted = workloads[workload]!.filter(variant => chosenVariants.includes(variant))
  if (wanted.length === 0) continue
  if (heading !== wanted.join()) console.log(`\n${row(['', ...wanted])}\n${row(['---', ...wanted.map(() => '---:')])}`)
  heading = wanted.join()
  console.log(row([workload, ...measure(workload, wanted)]))
}

/** Milliseconds of the reference, and each variant's ratio to it with its spread. */
function measure(workload: string, wanted: readonly string[]): string[] {
  const times = new Map(wanted.map(variant => [variant, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (const variant of wanted) times.get(variant)!.push(timeOnce(workload, variant))
  }
  const reference = median(times.get(wanted[0]!)!)
  return wanted.map((variant, index) => {
    const measured = times.get(variant)!
    if (index === 0) return `${reference.toFixed(1)} ms`
    const ratios = measured.map(ms => ms / reference)
    return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})`
  })
}

function timeOnce(workload: string, variant: string): number {
  const { preload = variant, flags = [] } = variants[variant]!
  const preloadUrl = new URL(`variants/${preload}.js`, import.meta.url).href
  const script = fileURLToPath(new URL(`workloads/${workload}.js`, import.meta.url))
  const line = runNode([...flags, '--import', preloadUrl, script]).split('\n').find(text => text.startsWith('{"ms"'))
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
