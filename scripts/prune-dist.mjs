// Removes what tsc left in dist for sources that are gone. dist is never emptied: a test run may be reading it.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

for (const entry of readdirSync(dist, { recursive: true })) {
  const source = entry.replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts')
  if (source !== entry && !existsSync(join(root, source))) rmSync(join(dist, entry))
}
