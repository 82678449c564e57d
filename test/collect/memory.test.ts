import t from 'tap'
import { ways } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const most = 200
const mostOfTag = 250

t.setTimeout(120_000)

for (const [kind, count] of [['request', 100_000], ['socket', 100_000], ['descriptor', 15_000]] as const) {
  t.test(`one live ${kind} among ${count} costs at most ${most} bytes`, async t => {
    const bytes = async (register: boolean, before: readonly string[] = []) => {
      const { stdout } = await runNode({ script: fixture('collect', 'live.mjs'), args: [kind, String(count)], register, before, env: { UV_THREADPOOL_SIZE: '1' }, timeoutMs: 60_000 })
      t.match(stdout, /^-?\d/)
      return Number(stdout)
    }
    // Descriptors are but numbers there: the collector may have left less than before.
    const bare = await bytes(false)
    for (const { name, before } of ways) {
      const more = await bytes(true, before) - bare
      t.ok(more > 0 && more <= most, `${more} bytes, ${name}`)
    }
  })
}

for (const kind of ['plain', 'named', 'child', 'object']) {
  t.test(`one open tag among 100,000 (${kind}) costs at most ${mostOfTag} bytes, with the program's own hold on it`, async t => {
    const { stdout, stderr } = await runNode({ script: fixture('collect', 'tags.mjs'), args: [kind, '100000'], register: false, timeoutMs: 60_000 })
    t.ok(Number(stdout) > 0 && Number(stdout) <= mostOfTag, `${stdout} bytes${stderr}`)
  })
}
