// Programs that open their own source until no descriptor is left, and the report that has to come all the same.
import t, { type Test } from 'tap'
import type { ReportGroup } from '../../lib/model/report.ts'
import { ways } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { type Run, runCommand, runNode } from '../support/run.ts'

const crashesAtCollection = Number(process.versions.node.split('.')[0]) >= 25
const limit = 1024

for (const { name, before } of ways) {
  t.test(`openSync until EMFILE is one line with the count that the program printed, ${name}`, async t => {
    const run = await exhaust('exhaust-open-sync.mjs', before)
    t.equal(run.code, 0)
    t.equal(countOf(run.report.leaks), printed(run))
    t.strictSame(places(run, 'active'), ['exhaust-open-sync.mjs:10 allocate'])
    held(t, run)
  })

  t.test(`streams until EMFILE are one line with the count that the program printed, ${name}`, async t => {
    const run = await exhaust('exhaust-streams.mjs', before)
    t.equal(run.code, 0)
    t.equal(countOf(run.report.leaks), printed(run))
    t.strictSame(places(run, 'active'), ['exhaust-streams.mjs:10 allocate'])
    held(t, run)
  })

  t.test(`file handles left to the garbage collector are collected leaks of one line, ${name}`, async t => {
    const run = await exhaust('exhaust-collected.mjs', before)
    t.strictSame(places(run, 'collected'), ['exhaust-collected.mjs:14 allocate'])
    matches(t, schemaFaults(run.report), [])
    matches(t, run.report, { complete: true, faults: [] })
    const collected = run.report.leaks.filter(({ verdict }: ReportGroup) => verdict === 'collected')
    if (crashesAtCollection) {
      t.equal(run.code, 1)
      t.match(run.stderr, /closed during garbage collection/)
    } else {
      t.equal(run.code, 0)
      t.ok(countOf(collected) >= printed(run), 'every handle of the first time was collected')
      t.ok(countOf(run.report.leaks) > printed(run), 'what was opened after it is open still')
    }
  })
}

t.test('the text report quotes the line although no descriptor is left', async t => {
  const { stderr } = await exhaust('exhaust-open-sync.mjs', [], 'text')
  t.match(stderr, /^leakwatch: \d+ leaks from 1 line at exit/)
  t.match(stderr, /> 10 \| +fs\.openSync\(source, 'r'\)/)
  t.match(stderr, /^kernel: 1023 descriptors open \(limit 1024\): \d+ of the runtime or inherited, \d+ accounted for, 0 unexplained$/m)
})

t.test('the text report that comes as descriptors run out quotes the line too, and stands alone', async t => {
  const { stderr } = await exhaust('exhaust-open-sync.mjs', [], 'text', 'exit,emfile')
  t.match(stderr, /^leakwatch: \d+ open resources from 1 line as descriptors ran out/)
  t.match(stderr, /> 10 \| +fs\.openSync\(source, 'r'\)/)
  t.notMatch(stderr, 'at exit')
})

t.test('who holds the descriptors is told after many requests that held none, and where a first report comes too early to know', async t => {
  const many = `const { stat, open } = require('fs/promises')
    Promise.all(Array.from({ length: 230 }, () => stat('.'))).then(async () => {
      const held = []
      try { for (;;) held.push(await open('/dev/null')) } catch {}
      setTimeout(() => held.forEach(handle => void handle.close()), 300)
    })`
  const early = `const fs = require('fs'), held = []
    fs.stat('.', () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 80) })
    for (let count = 0; count < 400; count++) fs.promises.open('/dev/null').then(handle => held.push(handle), () => {})
    setTimeout(() => held.forEach(handle => void handle.close()), 500)`
  for (const program of [many, early]) {
    const { stderr } = await runNode({ eval: program, ulimit: 256, format: 'text', env: { LEAKWATCH_WHEN: 'emfile' } })
    t.match(stderr, /^leakwatch: \d+ open resources from 1 line as descriptors ran out/m)
    t.match(stderr, /^\d+ file handles opened at /m)
  }
})

t.test('the demo shows both programs, their lines and their counts', async t => {
  const { code, stdout, stderr } = await runCommand([process.execPath, inRoot('dist/test/scenarios/demo.js')])
  t.equal(code, 0)
  const [, opened] = /EMFILE after (\d+) successful opens/.exec(stdout) ?? []
  t.match(stderr, `${opened} file descriptors opened at`)
  t.match(stderr, /\d+ file handles opened at .*exhaust-collected\.mjs:14:13 in allocate/)
})

function exhaust(program: string, before: readonly string[], format = 'json', when = 'exit'): Promise<Run> {
  return runNode({ script: fixture('scenarios', program), before, ulimit: limit, flags: ['--no-warnings'], format, env: { LEAKWATCH_WHEN: when } })
}

function printed({ stdout }: Run): number {
  return Number(/EMFILE after (\d+) successful opens/.exec(stdout)?.[1])
}

function countOf(groups: readonly ReportGroup[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0)
}

function places({ report }: Run, verdict: string): readonly string[] {
  const frames = report.leaks.filter((group: ReportGroup) => group.verdict === verdict).map(({ site }: ReportGroup) => site.frames[site.user])
  return [...new Set<string>(frames.map((frame: ReportGroup['site']['frames'][number]) => `${frame.file?.split('/').at(-1)}:${frame.line} ${frame.function}`))]
}

function held(t: Test, { report }: Run): void {
  t.strictSame(schemaFaults(report), [])
  matches(t, report, { complete: true, faults: [], dropped: 0, kernel: { limit, unexplained: [] } })
  t.equal(report.kernel.open, limit - 1, 'the one that is missing is held in reserve for the report')
  t.equal(report.kernel.accounted, countOf(report.leaks))
}
