import t from 'tap'
import { ways } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

for (const { name, before } of ways) {
  t.test(`right after its close a snapshot no longer holds a resource, ${name}`, async t => {
    const { code, stdout, stderr, report } = await runNode({ script: fixture('collect', 'ends.mjs'), before })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    const lines = stdout.trim().split('\n').map(line => line.split(': '))
    t.equal(lines.length, 18)
    for (const [what, counts = ''] of lines) {
      const [before = 0, after = 0] = counts.split(', ').map(Number)
      t.equal(before - after, 1, `${what} ends one resource at once`)
    }
    t.strictSame(report.leaks, [], 'what is closed as the program exits is no leak')
  })
}

t.test('a shutdown that is refused as it is asked for is over', async t => {
  const { code, stdout, stderr } = await runNode({ script: fixture('collect', 'shutdowns.mjs'), register: false })
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.strictSame(JSON.parse(stdout), { left: [], underWay: 1 })
})
