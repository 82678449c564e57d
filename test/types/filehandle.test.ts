import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const crashes = Number(process.versions.node.split('.')[0]) >= 25
// Nothing is collected before the program asks: room for its whole life.
const unhurried = '--min-semi-space-size=16'

t.test('a FileHandle is named by the line that opened it until it is closed', async t => {
  await detects(t, { script: fixture('types', 'filehandle.mjs') }, {
    also(t, report) {
      const group = groupAt(report, 'FILEHANDLE', 'promises.open(file,')
      t.match(group, { kind: 'async', verdict: 'active', reason: 'Nobody called close().' })
      t.match(group.resources[0], { target: fixture('types', 'support.mjs') })
      t.type(group.resources[0]!.fd, 'number')
    },
  })
})

t.test('a FileHandle that the garbage collector closed is a leak at the line that opened it', async t => {
  const end = crashes ? { code: 1, stderr: /closed during garbage collection/ } : {}
  await detects(t, { script: fixture('types', 'filehandle-collected.mjs'), flags: ['--no-warnings', unhurried] }, {
    ...end,
    also(t, report) {
      const group = groupAt(report, 'FILEHANDLE', 'collected x3')
      t.match(group.reason, /^Nobody called close\(\): the garbage collector closed it/)
      t.match(group.resources[0], { fd: Number, target: fixture('types', 'support.mjs') })
    },
  })
})

t.test('a FileHandle that was posted to another thread is no longer held by this one', async t => {
  await detects(t, { script: fixture('types', 'filehandle-moved.mjs') })
})

t.test('a FileHandle that Node opened for a call that is not over is no leak', async t => {
  await detects(t, { script: fixture('types', 'filehandle-for-itself.mjs'), flags: [unhurried] }, {
    also(t, report) {
      t.equal(groupAt(report, 'FILEHANDLE', 'never())').reason, 'The operation has not completed.')
    },
  })
})

t.test('the FileHandle by which Node reads a Blob is no leak, also where it is counted', async t => {
  const script = fixture('types', 'filehandle-of-blob.mjs')
  await detects(t, { script })
  for (const env of [{ LEAKWATCH: 'count' }, { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: '0.01%' }]) {
    const { report } = await runNode({ script, env })
    matches(t, report?.leaks, [{ type: 'FILEHANDLE', count: 1, resources: [{ target: fixture('types', 'support.mjs') }] }], env.LEAKWATCH)
  }
})
