// What runs beside the programs: servers of other makes, and the other side of HTTP clients.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { inRoot } from '../support/paths.ts'
import { startMariadb } from '../support/servers/mariadb.ts'
import { startPostgres } from '../support/servers/postgres.ts'
import { startRedis } from '../support/servers/redis.ts'

/** What runs beside a program, told by an environment variable of the same name in capitals. */
export type Need = 'origin' | 'postgres' | 'mariadb' | 'redis'

interface Companion {
  /** What programs are told of it. */
  readonly told: string
  readonly stop: () => Promise<unknown>
}

const starts: Readonly<Record<Need, () => Promise<Companion>>> = {
  origin: startOrigin,
  postgres: async () => tell(await startPostgres()),
  mariadb: async () => tell(await startMariadb()),
  redis: async () => tell(await startRedis()),
}

/** Starts what is needed; resolves with the environment that tells of it, and with what stops it. */
export async function startCompanions(needs: ReadonlySet<Need>): Promise<{ readonly env: Readonly<Record<string, string>>, readonly stop: () => Promise<void> }> {
  const env: Record<string, string> = {}
  const running: Companion[] = []
  const stop = async () => { for (const companion of running) await companion.stop() }
  try {
    for (const need of needs) {
      const companion = await starts[need]()
      running.push(companion)
      env[need.toUpperCase()] = companion.told
    }
  } catch (error) {
    await stop()
    throw error
  }
  return { env, stop }
}

function tell({ stop, ...reached }: { readonly stop: () => Promise<void> }): Companion {
  return { told: JSON.stringify(reached), stop }
}

async function startOrigin(): Promise<Companion> {
  const child = spawn(process.execPath, [inRoot('test/programs/origin.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  return {
    told: `http://127.0.0.1:${String(port).trim()}`,
    stop: () => {
      child.stdin.end()
      return once(child, 'exit')
    },
  }
}
