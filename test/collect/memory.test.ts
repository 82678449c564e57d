import t from 'tap'
import { ways } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const most = 200

t.setTimeout(120_000)

for (const [kind, count] of [['request', 100_000], ['socket', 100_000], ['descriptor', 15_000]] as const) {
  t.test(`one live ${kind} among ${count} costs at most ${most} bytes`, async t => {
    const bytes = async (register: boolean, before: readonly string[] = []) => {
      const { stdout } = await runNode({ script: fixture('collect', 'live.mjs'), args: [kind, String(count)], register, before, env: { UV_THREADPOOL_SIZE: '1' }, timeoutMs: 60_000 })
      return Number(stdout)
    }
    const bare = await bytes(false)
    t.ok(bare > 0)
    for (const { name, before } of ways) {
      const more = await bytes(true, before) - bare
      t.ok(more > 0 && more <= most, `${more} bytes, ${name}`)
    }
  })
}
