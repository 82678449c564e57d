import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

t.test('a descriptor of openSync is named by its line until closeSync or close', async t => {
  await detects(t, { script: fixture('types', 'fd-open-sync.mjs') }, {
    also(t, report) {
      const group = groupAt(report, 'fd', 'fs.openSync(pathToFileURL(file))')
      matches(t, group, { kind: 'fd', verdict: 'active', count: 1, reason: 'Nobody called close().', chain: [] })
      t.match(group.resources[0], { asyncId: null, target: fixture('types', 'support.mjs'), ref: null })
      t.type(group.resources[0]!.fd, 'number')
      t.match(groupAt(report, 'fd', "'new', 'a'").resources[0]!.target, /\/leakwatch-\w+\/new$/, 'a relative path is resolved where it was opened')
      t.equal(groupAt(report, 'fd', 'x3').resources.length, 3)
    },
  })
})

t.test('a descriptor of fs.open is named by the line of the call, also promisified and nested', async t => {
  await detects(t, { script: fixture('types', 'fd-open.mjs') })
})

for (const [way, told] of [['read', 'read to its end'], ['all', 'through with its file'], ['part', 'through with its part of the file'], ['handle', "through with a FileHandle's file"], ['lines', 'read by lines to its end'], ['written', 'written to its end'], ['destroyed', 'destroyed while it reads']] as const) {
  t.test(`the descriptor of a stream that is ${told} is never named in that turn`, async t => {
    await detects(t, { script: fixture('types', 'fd-stream-ends.mjs'), args: [way] })
  })
}

t.test('a stream that is closed, and has forgotten its descriptor, does not hide it', async t => {
  await detects(t, { script: fixture('types', 'fd-stream-forgets.mjs') })
})

t.test('a file stream that is not read, ended or destroyed is named by the line that made it', async t => {
  await detects(t, { script: fixture('types', 'fd-streams.mjs') }, {
    also(t, report) {
      t.match(groupAt(report, 'fd', "path('write')").resources[0]!.target, /\/write$/)
    },
  })
})

t.test('a descriptor that a socket or a child adopts is counted once', async t => {
  await detects(t, { script: fixture('types', 'fd-adopted.mjs') })
})

t.test('descriptors are paired beneath another tap', async t => {
  await detects(t, { script: fixture('types', 'fd-tapped.cjs') })
})

t.test('descriptors are paired where the program freezes fs', async t => {
  await detects(t, { script: fixture('types', 'fd-frozen.mjs') })
})
