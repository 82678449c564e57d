import { readFileSync } from 'node:fs'
import t from 'tap'
import { fixture } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { type RunOptions, runNode } from '../support/run.ts'

const script = fixture('scenarios', 'hangs.mjs')
const lines = readFileSync(script, 'utf8').split('\n')

/** The report at the signal of a program that does not end, its standard input left open. */
function hanging(options: RunOptions) {
  const signals = [{ output: 'hangs', signal: 'SIGUSR2' }] as const
  return runNode({ ...options, env: { LEAKWATCH_SIGNAL: 'SIGUSR2', ...options.env }, signalAfterOutput: signals, stopAfterReport: true, keepsInput: true })
}

function told({ count, name, site, type }: any): string {
  const line = site === null ? '' : ` at ${/\/\/ (.*)/.exec(lines[site.frames[site.user].line - 1]!)?.[1]}`
  return `${count} ${type}${type.endsWith('SERVERWRAP') || name === null ? '' : ` ${name}`}${line}`
}

t.test('a report on demand lists what keeps the process running, standard input included', async t => {
  const { report } = await hanging({ script, types: 'all' })
  t.strictSame(report.alive.map(told).toSorted(), ['1 PIPEWRAP standard input', '1 TCPSERVERWRAP at a server', '1 Timeout every 1000 ms at a timer', '1 WORKER at a thread'])
  t.strictSame(schemaFaults(report), [])
})

t.test('of sockets it says which a server accepted, and which are TLS', async t => {
  const { report } = await hanging({ script: fixture('scenarios', 'hangs-on-sockets.mjs') })
  const told = report.alive.map(({ count, isAccepted, site, type }: any) => `${count} ${type} ${site?.frames[site.user].line}${isAccepted ? ', accepted' : ''}`)
  t.strictSame(told.toSorted(), ['1 TCPSERVERWRAP 8', '1 TLSWRAP 10', '1 TLSWRAP 8, accepted'])
})

t.test('what is not recorded is counted, and named without a line', async t => {
  const { report } = await hanging({ script, types: 'fs' })
  t.strictSame(report.alive.map(told).toSorted(), ['1 PIPEWRAP standard input', '1 TCPSERVERWRAP', '1 Timeout'])
})
