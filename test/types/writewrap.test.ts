import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { runCommand } from '../support/run.ts'

t.test('a write that the peer does not read is pending at its line', async t => {
  await detects(t, { script: fixture('types', 'write-request.mjs') }, {
    also(t, report) {
      const { chain, reason, resources } = groupAt(report, 'WRITEWRAP', 'unread.write')
      matches(t, { chain, reason, resources }, { chain: [], reason: 'The operation has not completed.', resources: [{ asyncId: Number, fd: null, target: null }] })
    },
  })
})

t.test('the writes that TLS makes below those of a session are none of the program', async t => {
  await detects(t, { script: fixture('types', 'write-below.mjs'), types: 'net,requests' })
})

t.test('a write to standard output or error that waits for its reader is nobody\'s', async t => {
  for (const stream of ['stdout', 'stderr']) {
    const script = `import { watch } from ${JSON.stringify(inRoot('dist/lib/index.js'))}
      const w = watch()
      process.${stream}.write('.'.repeat(3e6))
      process.exitCode = w.snapshot().resources.filter(({ type }) => type === 'WRITEWRAP').length`
    const { code } = await runCommand([process.execPath, '--input-type=module', '-e', script])
    t.equal(code, 0, stream)
  }
})
