import t from 'tap'
import { ways } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

t.jobs = 2
t.setTimeout(200_000)

for (const { name, before } of ways) {
  t.test(`a million descriptors and sockets, opened and closed, leave nothing in table, ledger and heap, ${name}`, async t => {
    const { code, stdout, stderr, report } = await runNode({ script: fixture('collect', 'million.mjs'), before, timeoutMs: 120_000 })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    const { grown, table, ledger } = JSON.parse(stdout)
    t.strictSame({ table, ledger }, { table: 0, ledger: 0 })
    t.ok(grown < 2_000_000, `the heap has ${grown} bytes more: less than two for each`)
    matches(t, report, { complete: true, dropped: 0, leaks: [], pending: [] })
  })
}

for (const kind of ['closed', 'closedChildren']) {
  t.test(`a million tags, opened and closed (${kind}), leave nothing`, async t => {
    const { code, stdout, stderr, report } = await runNode({ script: fixture('collect', 'tags.mjs'), args: [kind, '1000000'], timeoutMs: 120_000 })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.ok(Number(stdout) < 2, `the heap has ${stdout} bytes more for each`)
    matches(t, report, { complete: true, dropped: 0, leaks: [] })
  })
}
