// tap assembles its Test class on the first run after an install, and that run then fails: assemble it before.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const tapBin = fileURLToPath(new URL('../node_modules/tap/dist/esm/run.mjs', import.meta.url))
const testClass = new URL('../node_modules/@tapjs/test/test-built/dist/esm/index.js', import.meta.url)

export function makeTapReady() {
  if (!readFileSync(testClass, 'utf8').includes('@tapjs/typescript')) return
  const { status } = spawnSync(process.execPath, [tapBin, 'build'], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`tap build ended with ${status}`)
}
